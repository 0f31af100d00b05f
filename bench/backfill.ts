// A new segment over customers who have a past: from its publication until everybody has been looked at.
import { stream } from './events.ts'
import { pump } from './load.ts'
import { cpuBetween, machine, until, usage } from './machine.ts'
import { seed } from './pipeline.ts'
import { api, ask, newSpace, settled, startProduct } from './product.ts'
import { n, type Report } from './report.ts'
import { publishSegments, segmentRules } from './segment-rules.ts'
import type { Rule } from '../src/rules/model.ts'

const EVENTS_EACH = 5
/** published one behind the other, without waiting */
const MANY = 20

const RULES: { what: string; rule: Rule }[] = [
  {
    what: 'an attribute',
    rule: { op: 'trait', trait: 'city', type: 'text', test: { is: 'equal', value: '台北市' } },
  },
  {
    what: 'at least 2 product views in 30 days',
    rule: {
      op: 'event',
      event: 'Product Viewed',
      window: { in: 'last', span: { n: 30, unit: 'day' } },
      measure: { of: 'count', test: { is: 'at_least', value: 2 } },
    },
  },
]

export async function backfill(options: { people: number }): Promise<Report> {
  const { people } = options
  const product = await startProduct()
  try {
    const space = await newSpace(product)
    await seed(product, space, people)
    const source = stream(people, 'f')
    let left = people * EVENTS_EACH
    await pump({
      url: product.baseUrl,
      key: space.apiKey,
      lanes: 8,
      next() {
        if (left <= 0) return null
        const batch = source.next()
        left -= batch.fresh
        return batch
      },
      taken: () => undefined,
    })
    await settled(product, 900_000)
    const { load } = machine()
    const figures: Report['figures'] = []
    const notes: string[] = []
    let right = true
    for (const { what, rule } of RULES) {
      const before = usage(product.pid)
      const began = performance.now()
      const [id] = await publishSegments(product, space, [rule])
      const tookS = (performance.now() - began) / 1000
      const cpu = cpuBetween(before, usage(product.pid))
      await settled(product, 60_000)
      const { rows } = await product.core.pool.query<{ told: number; all: number }>(
        `select sum(hits)::int as told, (select count(*)::int from customer) as all from segment_job
          where id = (select max(id::text)::uuid from segment_job)`,
      )
      const { told, all } = rows[0]!
      figures.push({
        what: `a new segment: ${what}`,
        value: `${n(all / tookS)} customers/s`,
        aim: '>= 20,000',
      })
      const wanted = Number((await ask<{ n: string }>(product, WANTED[what]!, { w: space.id })).n)
      // snapshots of customers come to history some seconds after their facts
      const shown = await until(
        'snapshots',
        40_000,
        500,
        () => api<{ size: number }>(product, space, 'GET', `/segments/${id}`),
        s => s.size === wanted,
      ).catch(() => ({ size: Number.NaN }))
      if (shown.size !== wanted) right = false
      notes.push(
        `${what}: ${tookS.toFixed(1)} s for ${n(all)} customers, ${n(told)} inputs; members ${n(shown.size)}, as SQL counts ${n(wanted)}; CPU seconds ${cpu}`,
      )
    }
    const began = performance.now()
    let publishedS = 0
    await publishSegments(product, space, segmentRules(MANY), () => {
      publishedS = (performance.now() - began) / 1000
    })
    const manyS = (performance.now() - began) / 1000
    const { rows: walked } = await product.core.pool.query<{ n: number }>(
      `select count(*)::int as n from (select from segment_job where done > 0 order by id desc limit ${MANY}) j`,
    )
    figures.push({
      what: `${MANY} new segments at once`,
      value: `${manyS.toFixed(1)} s, of which publishing ${publishedS.toFixed(1)} s`,
    })
    notes.push(`of the jobs of ${MANY} segments at once and before, ${walked[0]!.n} walked over customers`)
    return {
      bench: 'backfill',
      size: `${n(people)} customers, ${n(people * (EVENTS_EACH + 3))} events; load before ${load}`,
      right,
      figures,
      notes,
    }
  } finally {
    await product.stop()
  }
}

/** The same questions asked of history by hand. */
const WANTED: Record<string, string> = {
  'an attribute': `select count() as n from customer final where workspace_id = {w: UUID} and merged_into = toUUID('00000000-0000-0000-0000-000000000000') and JSONExtractString(traits, 'city') = '台北市'`,
  'at least 2 product views in 30 days': `select count() as n from (
    select if(c.merged_into = toUUID('00000000-0000-0000-0000-000000000000'), e.customer_id, c.merged_into) as who, count() as views from event e
      join (select customer_id, merged_into from customer final where workspace_id = {w: UUID}) c on c.customer_id = e.customer_id
     where e.workspace_id = {w: UUID} and e.name = 'Product Viewed' and e.kind = 'event' group by who having views >= 2)`,
}
