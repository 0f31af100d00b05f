// Data quality: the score, what each rule finds, and a list to correct it by.
import { stringify } from 'csv-stringify/sync'
import { workspaceNow } from '../../catalogue/workspace.ts'
import type { Out } from '../../contract.ts'
import type { CustomerRow } from '../../customers/present.ts'
import { namesOf, wantedOf } from '../../customers/wanted.ts'
import { cutPage, isTexts, readCursor } from '../../platform/cursor.ts'
import { Problem } from '../../platform/errors.ts'
import type { Handlers, WorkspaceRow } from '../../platform/http/handler.ts'
import { minusMonths } from '../../platform/wall-time.ts'
import { DIMENSIONS, type FixedRule, RULES, scoreOf } from './model.ts'
import { withCustomers } from '../people/page.ts'
import { type Finding, findings, qualityCounts, type QualityParams } from './store.ts'

const MOST_ROWS = 50_000
const AT_A_TIME = 2_000

const paramsOf = (workspace: WorkspaceRow, months: number): QualityParams => ({
  workspace: workspace.id,
  staleBefore: minusMonths(workspaceNow(workspace), months, workspace.timezone),
})

const PREFIX = 'missing.'

/** @throws Problem 404 */
function ruleOf(text: string | undefined): { fixed: FixedRule } | { missing: string } {
  if (text && Object.hasOwn(RULES, text)) return { fixed: text as FixedRule }
  if (text?.startsWith(PREFIX) && text.length > PREFIX.length) return { missing: text.slice(PREFIX.length) }
  throw new Problem(404, 'not_found', 'There is no such rule', {
    path: 'rule',
    action: `Use one of: ${Object.keys(RULES).join(', ')}, missing.<name>.`,
  })
}

const HEADINGS = {
  'zh-TW': ['顧客', '姓名', '會員編號', 'Email', '電話', '規則', '找到的值'],
  en: ['customer', 'name', 'member_no', 'email', 'phone', 'rule', 'found'],
} as const

type Kind = Out<'qualityPeople'>['items'][number]['kind']
const KINDS: Record<FixedRule, Kind> = {
  bad_email: 'email',
  bad_phone: 'phone',
  refused: 'attributes',
  same_email: 'email',
  same_phone: 'phone',
  not_seen: 'time',
  not_verified: 'time',
}
const kindOf = (rule: string): Kind => (Object.hasOwn(KINDS, rule) ? KINDS[rule as FixedRule] : 'none')

/** @param plain whether the caller may read personal data; else those cells stay empty */
function lineOf(rule: string, customer: CustomerRow, value: string, plain: boolean): string[] {
  const only = (text: string | null) => (plain ? (text ?? '') : '')
  const kind = kindOf(rule)
  const time = kind === 'time' && value !== '' ? new Date(Number(value)).toISOString() : ''
  return [
    customer.id,
    only(customer.name),
    customer.memberNo ?? '',
    only(customer.email),
    only(customer.phone),
    rule,
    kind === 'time' ? time : kind === 'attributes' ? value : only(value),
  ]
}

export const qualityRoutes = {
  async quality({ core, workspace, query }) {
    const wanted = await wantedOf(core.pool, workspace)
    const names = namesOf(wanted)
    const counts = await qualityCounts(core.history, paramsOf(workspace, query.months), names)
    const score = scoreOf(counts.customers, counts.dimensions, counts.missing)
    const rules: Out<'quality'>['rules'] = [
      ...(Object.keys(RULES) as FixedRule[]).map(key => ({
        key,
        dimension: RULES[key],
        people: counts.rules[key],
        label: null,
      })),
      ...names.map((name, i) => ({
        key: PREFIX + name,
        dimension: 'missing' as const,
        people: counts.missing[i]!,
        label: wanted.attributes.find(a => a.name === name)?.label ?? null,
      })),
    ]
    return {
      customers: counts.customers,
      score: score?.score ?? null,
      dimensions: score ? DIMENSIONS.map(key => ({ key, score: score.dimensions[key] })) : [],
      rules,
      months: query.months,
    }
  },

  async qualityPeople({ core, workspace, params, query }) {
    const at = readCursor(query.cursor, isTexts(2))
    const after = at && { value: at[0]!, person: at[1]! }
    const found = await findings(
      core.history,
      paramsOf(workspace, query.months),
      ruleOf(params.rule),
      after,
      query.limit + 1,
    )
    const { shown, next } = cutPage(found, query.limit, last => [last.value, last.person])
    return {
      items: (await withCustomers(core, workspace, shown)).map(row => ({
        ...row,
        kind: kindOf(params.rule!),
      })),
      next,
    }
  },

  async qualityFixList({ core, workspace, params, body, scopes, note }) {
    const rule = ruleOf(params.rule)
    const name = params.rule!
    const plain = scopes.has('customers:personal')
    const p = paramsOf(workspace, body.months)
    const lines: string[][] = [[...HEADINGS[body.locale]]]
    let after: Finding | null = null
    let more = true
    while (more && lines.length <= MOST_ROWS) {
      const found: Finding[] = await findings(core.history, p, rule, after, AT_A_TIME)
      for (const { customer, value } of await withCustomers(core, workspace, found))
        if (lines.length <= MOST_ROWS) lines.push(lineOf(name, customer, value, plain))
      after = found.at(-1) ?? null
      more = found.length === AT_A_TIME
    }
    note({ rows: lines.length - 1 })
    return {
      file: `fix-list-${name}.csv`,
      // a cell that a spreadsheet would take for a formula is made a text
      csv: stringify(lines, { bom: true, escape_formulas: true, record_delimiter: 'windows' }),
      rows: lines.length - 1,
      more,
    }
  },
} satisfies Handlers
