// The kinds of identifiers, and what each may do. One table: the intake routes by it, the reducer decides by it. Pure.

type Kind = {
  /** A missing identifier joins an existing holder only when that holder was found by one at least as strong. */
  strength: 1 | 2 | 3 | 4
  /** a public key may bring it in */
  public?: true
  /** What it comes to when two people turn up with it: a `contact` stays with both as a way to reach them, a `browser`
   *  stays with nobody. Others stay with their holder, and a person decides. */
  shared?: 'contact' | 'browser'
}

export const IDENTIFIERS = {
  member_no: { strength: 4 },
  user_id: { strength: 3, public: true },
  /** member card or till card; a person may have several */
  card_no: { strength: 3 },
  /** LINE user ids differ by provider: `provider/uid`; the default provider's have no prefix */
  line_uid: { strength: 2 },
  /** page- and account-scoped ids of people who have written to the brand */
  messenger_id: { strength: 2 },
  instagram_id: { strength: 2 },
  email: { strength: 2, shared: 'contact' },
  phone: { strength: 2, shared: 'contact' },
  /** 手機條碼載具: `/` and seven characters */
  carrier: { strength: 2, shared: 'contact' },
  /** an app's installation */
  device_id: { strength: 1, public: true, shared: 'browser' },
  anonymous_id: { strength: 1, public: true, shared: 'browser' },
} as const satisfies Record<string, Kind>

export type IdentifierKind = keyof typeof IDENTIFIERS

export const IDENTIFIER_KINDS = Object.keys(IDENTIFIERS) as [IdentifierKind, ...IdentifierKind[]]

const kindOf = (kind: IdentifierKind): Kind => IDENTIFIERS[kind]

export const strengthOf = (kind: IdentifierKind): number => IDENTIFIERS[kind].strength
export const isPublic = (kind: IdentifierKind): boolean => kindOf(kind).public === true
export const sharedAs = (kind: IdentifierKind): Kind['shared'] => kindOf(kind).shared
