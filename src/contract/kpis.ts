// KPIs that a team watches: which, what it aims at, how far it is, and how the weeks went.
import { z } from 'zod'
import { KPI_METRICS, KPI_PERIODS } from '../insight/kpis/model.ts'
import { customerRow } from './customers.ts'
import { e, id, list, ok, time } from './shared.ts'

const metric = z.enum(KPI_METRICS)
const fields = z.object({
  metric,
  target: z.number().min(0).max(1e15).nullable().describe('smallest unit; ratios 0 to 1; days. null: none'),
  period: z.enum(KPI_PERIODS).describe('of the calendar, in the zone of the workspace'),
})
const kpi = fields.extend({
  id,
  unit: z.enum(['money', 'count', 'ratio', 'days']),
  down: z.boolean().describe('less is better'),
  from: time.describe('the period began'),
  value: z.number().nullable().describe('of the period so far; null: nothing to divide by'),
  part: z.number(),
  whole: z.number(),
  people: z.number().describe('as kpiPeople lists them'),
  met: z.boolean().nullable().describe('null: no target'),
  weeks: z.array(z.object({ week: z.string().describe('its Monday'), value: z.number().nullable() })),
  version: z.number(),
})

export const kpisEndpoints = {
  kpis: e({
    method: 'get',
    path: '/w/{ws}/kpis',
    scope: 'customers:read',
    summary: 'The KPIs that the team watches, each for its period so far, with its weeks',
    out: z.object({ currency: z.string(), items: z.array(kpi) }),
  }),
  addKpi: e({
    method: 'post',
    path: '/w/{ws}/kpis',
    scope: 'segments:write',
    summary: 'Watch one more',
    body: fields,
    out: z.object({ id }),
  }),
  saveKpi: e({
    method: 'put',
    path: '/w/{ws}/kpis/{kpi}',
    scope: 'segments:write',
    summary: 'Change its target or period',
    body: fields.omit({ metric: true }).extend({ version: z.number() }),
    out: z.object({ version: z.number() }),
  }),
  dropKpi: e({
    method: 'delete',
    path: '/w/{ws}/kpis/{kpi}',
    scope: 'segments:write',
    summary: 'Watch it no longer; its weeks are kept',
    out: ok,
  }),
  kpiPeople: e({
    method: 'get',
    path: '/w/{ws}/kpis/{kpi}/people',
    scope: 'customers:read',
    summary: 'The customers behind a KPI in its period so far, the largest part first',
    query: list,
    out: z.object({
      items: z.array(z.object({ customer: customerRow, value: z.number() })),
      next: z.string().nullable(),
    }),
  }),
}
