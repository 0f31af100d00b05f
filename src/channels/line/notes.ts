// What LINE's webhooks tell beside events of people: tokens that allow an answer, contents to fetch or to forget, profiles
// to read, nonces of linked accounts, and what befell the account itself. Types only.
export type LineNote =
  /** the customer's message may be answered with `replyToken`, and marked as read with `readToken` */
  | { do: 'chat'; address: string; replyToken: string | null; readToken: string | null; at: number }
  | {
      do: 'keep_content'
      address: string
      message: string
      kind: 'image' | 'video' | 'audio' | 'file'
      at: number
    }
  | { do: 'unsend'; address: string; message: string; at: number }
  | { do: 'read_profile'; address: string; event: string; at: number }
  /** they tapped what asks to bind their account */
  | { do: 'wants_link'; address: string; event: string; at: number }
  | { do: 'linked'; address: string; nonce: string; event: string; at: number }
  /** null: all is well again */
  | { do: 'attention'; why: string | null }
