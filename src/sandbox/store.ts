// The sandbox's own questions to PostgreSQL: contacts and their messages, the shop's keys, who may shop.
import type { ChannelName } from '../channels/model.ts'
import { insertKey } from '../catalogue/keys.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'

export type ContactRow = {
  channel: ChannelName
  address: string
  name: string
  following: boolean
  unread: number
  last_at: Date | null
}

/** People of the phone or the inbox, those with the newest message first, then by name; `after` is how many to skip. */
export async function sandboxContacts(
  sql: Sql,
  workspace: Uuid,
  channel: ChannelName,
  q: string,
  skip: number,
  limit: number,
): Promise<ContactRow[]> {
  const { rows } = await sql.query<ContactRow>(
    `select c.channel, c.address, c.name, c.following, m.last_at,
            coalesce(m.unread, 0)::int as unread
       from sandbox_contact c
       left join (
         select address, max(at) as last_at,
                count(*) filter (where direction = 'to_customer' and at > coalesce(answered, '-infinity')) as unread
           from (select address, direction, at,
                        max(at) filter (where direction = 'from_customer') over (partition by address) as answered
                   from sandbox_message where workspace_id = $1 and channel = $2) s
          group by address) m on m.address = c.address
      where c.workspace_id = $1 and c.channel = $2
        and ($3 = '' or c.name ilike '%' || $3 || '%' or c.address ilike $3 || '%')
      order by m.last_at desc nulls last, c.following desc, c.created desc, c.address
      offset $4 limit $5`,
    [workspace, channel, q.replace(/[\\%_]/g, '\\$&'), skip, limit],
  )
  return rows
}

export type MessageRow = {
  id: Uuid
  channel: ChannelName
  address: string
  direction: 'to_customer' | 'from_customer'
  payload: unknown
  at: Date
}

/** The newest 200 messages with one address, oldest first. */
export async function sandboxMessages(
  sql: Sql,
  workspace: Uuid,
  channel: ChannelName,
  address: string,
): Promise<MessageRow[]> {
  const { rows } = await sql.query<MessageRow>(
    `select * from (
       select id, channel, address, direction, payload, at from sandbox_message
        where workspace_id = $1 and channel = $2 and address = $3 order by at desc, id desc limit 200) s
      order by at, id`,
    [workspace, channel, address],
  )
  return rows
}

/** Registers people with the stand-in: LINE friends, mailboxes. One that is there keeps its name. */
export async function addContacts(
  sql: Sql,
  workspace: Uuid,
  rows: { channel: ChannelName; address: string; name: string; following: boolean; created: Date }[],
): Promise<void> {
  await sql.query(
    `insert into sandbox_contact (workspace_id, channel, address, name, following, created)
     select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::bool[], $6::timestamptz[]) on conflict do nothing`,
    [
      workspace,
      rows.map(r => r.channel),
      rows.map(r => r.address),
      rows.map(r => r.name),
      rows.map(r => r.following),
      rows.map(r => r.created),
    ],
  )
}

/** The write key the shop's pixel uses: the oldest that is not revoked. */
export async function shopWriteKey(sql: Sql, workspace: Uuid): Promise<string | null> {
  const { rows } = await sql.query<{ write_key: string }>(
    `select write_key from api_key where workspace_id = $1 and kind = 'write' and revoked_at is null order by created_at, id limit 1`,
    [workspace],
  )
  return rows[0]?.write_key ?? null
}

const shopKeyName = (workspace: Uuid) => `shop_key:${workspace}`

async function readSystem(sql: Sql, key: string): Promise<string | null> {
  const { rows } = await sql.query<{ value: string }>('select value from system where key = $1', [key])
  return rows[0]?.value ?? null
}

/** The API key of the shop's server side: made at the first order, kept sealed, made anew when it was revoked. */
export async function shopApiKey(core: Core, workspace: Uuid): Promise<string> {
  const name = shopKeyName(workspace)
  const kept = await readSystem(core.pool, name)
  if (kept !== null) return core.secrets.open(Buffer.from(kept, 'base64'))
  return inTransaction(core.pool, async sql => {
    // two first orders at once: one makes the key, the other waits and reads it
    await sql.query('select 1 from workspace where id = $1 for update', [workspace])
    const made = await readSystem(sql, name)
    if (made !== null) return core.secrets.open(Buffer.from(made, 'base64'))
    const { key } = await insertKey(sql, workspace, {
      kind: 'api',
      name: 'Sandbox shop',
      scopes: ['events:write'],
    })
    await sql.query('insert into system (key, value) values ($1, $2)', [
      name,
      core.secrets.seal(key).toString('base64'),
    ])
    return key
  })
}

export async function forgetShopApiKey(core: Core, workspace: Uuid): Promise<void> {
  await core.pool.query('delete from system where key = $1', [shopKeyName(workspace)])
}

export type ShopperRow = {
  customer_id: Uuid
  member_no: string
  line_uid: string | null
  email: string | null
  name: string | null
}

/** People to shop as: members, those with LINE or e-mail first, the newest members first. */
export async function shoppers(sql: Sql, workspace: Uuid, limit: number): Promise<ShopperRow[]> {
  const { rows } = await sql.query<ShopperRow>(
    `with members as (
       select i.customer_id, i.value as member_no, i.created_at from identifier i
        where i.workspace_id = $1 and i.kind = 'member_no' order by i.created_at desc, i.value limit 2000)
     select m.customer_id, m.member_no, l.value as line_uid, e.value as email, coalesce(lc.name, ec.name) as name
       from members m
       left join lateral (select value from identifier i where i.workspace_id = $1 and i.kind = 'line_uid' and i.customer_id = m.customer_id limit 1) l on true
       left join lateral (select value from identifier i where i.workspace_id = $1 and i.kind = 'email' and i.customer_id = m.customer_id limit 1) e on true
       left join sandbox_contact lc on lc.workspace_id = $1 and lc.channel = 'line' and lc.address = l.value
       left join sandbox_contact ec on ec.workspace_id = $1 and ec.channel = 'email' and ec.address = e.value
      order by (l.value is not null and coalesce(lc.following, false)) desc, (e.value is not null) desc, m.member_no
      limit $2`,
    [workspace, limit],
  )
  return rows
}
