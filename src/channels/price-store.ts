// Price tables of accounts and exchange rates, as kept.
import { newId, type Uuid } from '../platform/ids.ts'
import { uuids } from '../platform/pg-array.ts'
import type { Sql } from '../platform/postgres.ts'
import { type Price, type PriceList, type Rate, templateKey } from './price.ts'

type Rows = { workspace: Uuid; prices: Price[]; rates: Rate[]; templates: [Uuid, string, string, string][] }

/** Of each workspace that has prices. */
export async function priceLists(sql: Sql, workspaces: Uuid[]): Promise<Map<Uuid, PriceList>> {
  const { rows } = await sql.query<Rows>({
    name: 'price_lists',
    text: `select p.workspace_id as workspace,
        jsonb_agg(jsonb_build_object('id', p.id, 'account', p.account_id, 'purpose', p.purpose, 'category', p.category, 'prefix', p.prefix,
          'price', trim_scale(p.price)::text, 'currency', p.currency, 'from', p.valid_from::text) order by p.created_at, p.id) as prices,
        (select coalesce(jsonb_agg(jsonb_build_object('currency', r.currency, 'rate', trim_scale(r.rate)::text, 'from', r.valid_from::text)), '[]')
           from currency_rate r where r.workspace_id = p.workspace_id) as rates,
        case when bool_or(p.category is not null) then
          (select coalesce(jsonb_agg(jsonb_build_array(t.account_id, t.name, t.language, lower(t.category))), '[]')
             from whatsapp_template t where t.workspace_id = p.workspace_id) else '[]' end as templates
       from message_price p where p.workspace_id = any($1::uuid[]) group by p.workspace_id`,
    values: [uuids(workspaces)],
  })
  return new Map(
    rows.map(r => [
      r.workspace,
      {
        prices: r.prices,
        rates: r.rates,
        categories: new Map(
          r.templates.map(([account, name, language, category]) => [
            templateKey(account, name, language),
            category,
          ]),
        ),
      },
    ]),
  )
}

export type RateRow = Rate & { by: string; at: Date }

export async function ratesOf(sql: Sql, workspace: Uuid): Promise<RateRow[]> {
  const { rows } = await sql.query<RateRow>(
    `select currency, trim_scale(rate)::text as rate, valid_from::text as "from", set_by as by, set_at as at
       from currency_rate where workspace_id = $1 order by currency, valid_from desc`,
    [workspace],
  )
  return rows
}

export async function addPrice(
  sql: Sql,
  workspace: Uuid,
  price: Omit<Price, 'id'>,
  by: string,
): Promise<Uuid> {
  const id = newId()
  await sql.query(
    `insert into message_price (id, workspace_id, account_id, purpose, category, prefix, price, currency, valid_from, created_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp())`,
    [
      id,
      workspace,
      price.account,
      price.purpose,
      price.category,
      price.prefix,
      price.price,
      price.currency,
      price.from,
      by,
    ],
  )
  return id
}

/** False: there is none. */
export async function dropPrice(sql: Sql, workspace: Uuid, id: Uuid): Promise<boolean> {
  const { rowCount } = await sql.query('delete from message_price where workspace_id = $1 and id = $2', [
    workspace,
    id,
  ])
  return rowCount === 1
}

/** False: somebody said one for that day already. */
export async function addRate(sql: Sql, workspace: Uuid, rate: Rate, by: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into currency_rate (workspace_id, currency, valid_from, rate, set_by, set_at)
     values ($1, $2, $3, $4, $5, clock_timestamp()) on conflict do nothing`,
    [workspace, rate.currency, rate.from, rate.rate, by],
  )
  return rowCount === 1
}
