// What a customer's own message allows at LINE: one answer that costs nothing, soon, and marking the chat as read.
import type { Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'

/** LINE wants a reply token to be used within a minute; some of it passes on the way. */
const REPLY_MS = 50_000

type Chat = { workspace: Uuid; account: Uuid; address: string }

export async function putChat(
  sql: Sql,
  { workspace, account, address }: Chat,
  tokens: { replyToken: string | null; readToken: string | null },
): Promise<void> {
  await sql.query(
    `insert into line_chat (workspace_id, account_id, address, reply_token, reply_until, read_token)
     values ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5), $6)
     on conflict (workspace_id, account_id, address) do update set
       reply_token = coalesce(excluded.reply_token, line_chat.reply_token),
       reply_until = case when excluded.reply_token is null then line_chat.reply_until else excluded.reply_until end,
       read_token = coalesce(excluded.read_token, line_chat.read_token)`,
    [workspace, account, address, tokens.replyToken, REPLY_MS / 1000, tokens.readToken],
  )
}

/** Takes the reply token, which nobody can take again; null when there is none that is good. */
export async function takeReplyToken(sql: Sql, chat: Chat): Promise<string | null> {
  const { rows } = await sql.query<{ token: string }>(
    `update line_chat c set reply_token = null from (
       select reply_token from line_chat where workspace_id = $1 and account_id = $2 and address = $3 and reply_token is not null for update
     ) held (token)
      where c.workspace_id = $1 and c.account_id = $2 and c.address = $3 and c.reply_until > clock_timestamp() returning held.token`,
    [chat.workspace, chat.account, chat.address],
  )
  return rows[0]?.token ?? null
}

/** The newest token by which the chat is marked as read; null: there is none, or it was used. */
export async function takeReadToken(sql: Sql, chat: Chat): Promise<string | null> {
  const { rows } = await sql.query<{ token: string }>(
    `update line_chat c set read_token = null, read_at = clock_timestamp() from (
       select read_token from line_chat where workspace_id = $1 and account_id = $2 and address = $3 and read_token is not null for update
     ) held (token)
      where c.workspace_id = $1 and c.account_id = $2 and c.address = $3 returning held.token`,
    [chat.workspace, chat.account, chat.address],
  )
  return rows[0]?.token ?? null
}
