// Handlers of questions about a rule that nobody has published.
import { rowsById } from '../customers/list.ts'
import type { Handlers, WorkspaceRow } from '../platform/http/handler.ts'
import type { Core } from '../platform/core.ts'
import { idOr404 } from '../platform/public-id.ts'
import { checkRule, type Fault } from '../rules/check.ts'
import type { Rule } from '../rules/model.ts'
import { knownNames } from './known-names.ts'
import { breakdownOf, contextOf, overlapOf, previewRule } from './preview.ts'
import type { SqlContext } from '../rules/sql/compile.ts'
import { whyOf } from './why.ts'
import { workspaceNow } from '../catalogue/workspace.ts'

type Asked = { rule: Rule; ctx: SqlContext; asOf: string } | { faults: Fault[]; asOf: string }

/** The rule and what it is asked under; or what is wrong with it. */
async function asked(core: Core, workspace: WorkspaceRow, value: unknown): Promise<Asked> {
  const at = workspaceNow(workspace)
  const asOf = new Date(at).toISOString()
  const checked = checkRule(value, '', { vocabulary: await knownNames(core, workspace.id, value) })
  if ('faults' in checked) return { faults: checked.faults, asOf }
  return { rule: checked.rule, ctx: await contextOf(core.pool, workspace, at), asOf }
}

const inSegment = (segment: string): Rule => ({ op: 'segment', segment, is: 'in' })

export const previewRoutes = {
  async previewRule({ core, workspace, body }) {
    const began = performance.now()
    const q = await asked(core, workspace, body.rule)
    const tookMs = () => Math.round(performance.now() - began)
    if ('faults' in q)
      return {
        faults: q.faults,
        count: null,
        total: null,
        share: null,
        sample: [],
        asOf: q.asOf,
        tookMs: tookMs(),
      }
    const { count, total, sample } = await previewRule(core.history, q.ctx, q.rule, body.sample)
    const rows = await rowsById(core.pool, workspace, sample)
    return {
      faults: [],
      count,
      total,
      share: total === 0 ? null : count / total,
      sample: sample.flatMap(id => rows.get(id) ?? []),
      asOf: q.asOf,
      tookMs: tookMs(),
    }
  },

  async overlapOfRule({ core, workspace, body }) {
    const q = await asked(core, workspace, body.rule)
    if ('faults' in q) return { faults: q.faults, items: [], asOf: q.asOf }
    for (const segment of body.segments) idOr404('seg', segment, 'segments')
    const counts = await overlapOf(core.history, q.ctx, q.rule, body.segments.map(inSegment))
    return {
      faults: [],
      items: body.segments.map((segment, i) => ({ segment, ...counts[i]! })),
      asOf: q.asOf,
    }
  },

  async breakdownOfRule({ core, workspace, body }) {
    const q = await asked(core, workspace, body.rule)
    if ('faults' in q) return { faults: q.faults, count: null, items: [], rest: 0, none: 0, asOf: q.asOf }
    const { items, ...found } = await breakdownOf(core.history, q.ctx, q.rule, body.by)
    const name = body.by.kind === 'trait' ? body.by.trait : body.by.kind
    return { faults: [], ...found, items: items.map(i => ({ name, ...i })), asOf: q.asOf }
  },

  async whyRule({ core, workspace, body }) {
    const q = await asked(core, workspace, body.rule)
    if ('faults' in q) return { faults: q.faults, value: null, until: null, why: [], asOf: q.asOf }
    const { value, until, why } = await whyOf(core, q.ctx, q.rule, idOr404('cus', body.customer, 'customer'))
    return {
      faults: [],
      value,
      until: until === null ? null : new Date(until).toISOString(),
      why,
      asOf: q.asOf,
    }
  },
} satisfies Partial<Handlers>
