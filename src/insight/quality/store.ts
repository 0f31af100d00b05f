// SQL of data quality: counts and lists over the newest snapshot of each customer. All are known customers: with a
// member number, an e-mail, a phone or LINE. Anonymous visitors have nothing to be judged by.
import { askHistory, type History } from '../../platform/clickhouse.ts'
import { missingWhen } from '../../customers/wanted.ts'
import type { Uuid } from '../../platform/ids.ts'
import { MERGED, NOBODY, PERSON } from '../metrics/orders.ts'
import { type Dimension, type FixedRule, RULES } from './model.ts'

export type QualityParams = {
  workspace: Uuid
  /** workspace time: seen or verified before this is stale */
  staleBefore: number
}

const STALE = `fromUnixTimestamp64Milli({staleBefore:Int64}, 'UTC')`
const shared = (column: string): string =>
  `${column} <> '' and ${column} in (select ${column} from known where ${column} <> '' group by ${column} having count() > 1)`
const momentOf = (column: string): string =>
  `if(toUnixTimestamp64Milli(${column}) = 0, '', toString(toUnixTimestamp64Milli(${column})))`

/** When a rule finds something, and what it shows of it. */
const FOUND: Record<FixedRule, { when: string; value: string }> = {
  bad_email: { when: `has(faults, 'bad_email')`, value: `JSONExtractString(traits, 'email')` },
  bad_phone: { when: `has(faults, 'bad_phone')`, value: `JSONExtractString(traits, 'phone')` },
  refused: { when: 'notEmpty(gone)', value: `arrayStringConcat(arraySort(gone), ', ')` },
  same_email: { when: shared('email'), value: 'email' },
  same_phone: { when: shared('phone'), value: 'phone' },
  not_seen: { when: `last_seen < ${STALE}`, value: momentOf('last_seen') },
  not_verified: { when: `verified < ${STALE} and has_contact`, value: momentOf('verified') },
}
const FIXED = Object.keys(RULES) as FixedRule[]

/** `known`: the customers judged; `gone`: attributes whose last value was refused and that have none. */
const KNOWN = `${MERGED},
refused as (
  select ${PERSON} as person, groupUniqArray(JSONExtractString(e.props, 'trait')) as names
    from event e left join merged m on e.customer_id = m.loser
   where e.workspace_id = {workspace:UUID} and e.kind = 'profile' and e.name = 'trait.refused'
     and JSONExtractString(e.props, 'reason') in ('type', 'choice')
   group by person),
known as (
  select c.customer_id as customer_id, c.name as name, lower(c.email) as email, c.phone as phone, c.faults as faults,
         c.line_following as line_following,
         (email <> '' or phone <> '' or has(c.identifiers, 'line_uid')) as has_contact, c.traits as traits, c.last_seen as last_seen, c.verified as verified,
         arrayFilter(n -> not JSONHas(c.traits, n), r.names) as gone
    from (select * from customer final
           where workspace_id = {workspace:UUID} and merged_into = toUUID('${NOBODY}')
             and (email <> '' or phone <> '' or hasAny(identifiers, ['member_no', 'line_uid']))) c
    left join refused r on c.customer_id = r.person)`

export type QualityCounts = {
  customers: number
  rules: Record<FixedRule, number>
  dimensions: Record<Exclude<Dimension, 'missing'>, number>
  /** in the order of the names asked for */
  missing: number[]
}

/** @param wanted attributes by name, contacts as contact.<kind> */
export async function qualityCounts(
  history: History,
  p: QualityParams,
  wanted: string[],
): Promise<QualityCounts> {
  const any = (dimension: Dimension) =>
    FIXED.filter(rule => RULES[rule] === dimension)
      .map(rule => `(${FOUND[rule].when})`)
      .join(' or ')
  const rows = await askHistory<Record<string, number>>(
    history,
    `with ${KNOWN}
     select count() as customers, ${FIXED.map(rule => `countIf(${FOUND[rule].when}) as rule_${rule}`).join(', ')},
            countIf(${any('format')}) as format, countIf(${any('duplicate')}) as duplicate, countIf(${any('stale')}) as stale
            ${wanted.map((name, i) => `, countIf(${missingWhen(name, `wanted${i}`)}) as missing${i}`).join('')}
       from known`,
    { ...p, ...Object.fromEntries(wanted.map((name, i) => [`wanted${i}`, name])) },
  )
  const row = rows[0]!
  return {
    customers: row.customers!,
    rules: Object.fromEntries(FIXED.map(rule => [rule, row[`rule_${rule}`]!])) as QualityCounts['rules'],
    dimensions: { format: row.format!, duplicate: row.duplicate!, stale: row.stale! },
    missing: wanted.map((_, i) => row[`missing${i}`]!),
  }
}

export type Finding = { person: Uuid; value: string }

/** Who a rule finds, with what is wrong; those who share a value stand together. Below a position. */
export async function findings(
  history: History,
  p: QualityParams,
  rule: { fixed: FixedRule } | { missing: string },
  after: Finding | null,
  limit: number,
): Promise<Finding[]> {
  const { when, value } =
    'fixed' in rule ? FOUND[rule.fixed] : { when: missingWhen(rule.missing, 'wanted'), value: `''` }
  return askHistory<Finding>(
    history,
    `with ${KNOWN}
     select customer_id as person, ${value} as value from known
      where (${when}) and (not {after:Bool} or (${value}, customer_id) > ({value:String}, {person:UUID}))
      order by value, customer_id limit {limit:UInt32}`,
    {
      ...p,
      wanted: 'missing' in rule ? rule.missing : '',
      after: after !== null,
      value: after?.value ?? '',
      person: after?.person ?? NOBODY,
      limit,
    },
  )
}
