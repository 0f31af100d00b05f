// Audiences of advertising platforms in tests: events at the intake, live segments, stand-ins of the platforms, and the
// worker that keeps them told; and what people do who come into such audiences.
import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import { openOutflow } from '../src/outflow/worker.ts'
import type { Uuid } from '../src/platform/ids.ts'
import type { Rule } from '../src/rules/model.ts'
import { standInAdsApp } from '../src/sandbox/stand-ins/ads.ts'
import { standInApp } from '../src/sandbox/stand-ins/register.ts'
import { serveApp } from './collect-server.ts'
import { openSegmentLab, type SegmentLab } from './segment-lab.ts'

export type AudienceLab = SegmentLab & {
  /** Folds what has come and tells the platforms, until nothing is left to do. */
  run(): Promise<void>
  /** Publishes a live segment of one rule; its id. */
  live(name: string, rule: Rule): Promise<string>
  /** Lets what waits for another try be due now. */
  tryAgain(): Promise<void>
}

export async function openAudienceLab(): Promise<AudienceLab> {
  const lab = await openSegmentLab()
  const site = await serveApp(
    new Hono().route('/sandbox/ads', standInAdsApp(lab.core)).route('/sandbox', standInApp(lab.core)),
  )
  lab.core.baseUrl = site.url
  const outflow = openOutflow(lab.core)
  const closeLab = lab.close
  return Object.assign(lab, {
    async run() {
      await lab.stage.settle()
      while (await outflow.tick());
    },
    async live(name: string, rule: Rule) {
      const definition = { groups: [{ key: 'in', name: '', rule }] }
      const { id, version } = await lab.ok('createSegment', { body: { name, kind: 'live', definition } })
      await lab.ok('publishSegment', { params: { segment: id }, body: { version } })
      await lab.stage.settle()
      return id
    },
    async tryAgain() {
      await lab.core.pool.query('update ad_member set due = clock_timestamp() where due is not null')
    },
    async close() {
      await outflow.stop()
      await site.close()
      await closeLab()
    },
  })
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
export const emailOf = (who: Uuid): string => `${who.slice(-12)}@example.com`

export const consent = (who: Uuid, on: boolean) => ({
  who,
  name: on ? 'consent.granted' : 'consent.refused',
  more: { props: { channel: 'email', purpose: 'ads' } },
})
export const looks = (who: Uuid, what = 'tea') => ({
  who,
  name: 'Product Viewed',
  more: { props: { product_id: what } },
})
export const buys = (who: Uuid, order: string) => ({
  who,
  name: 'Order Completed',
  more: { props: { order_id: order, total: 880, currency: 'TWD' } },
})

/** Whoever looked at something, or bought, in the last thirty days. */
export const VIEWED: Rule = {
  op: 'event',
  event: 'Product Viewed',
  where: [],
  window: { in: 'last', span: { n: 30, unit: 'day' } },
  measure: { of: 'count', test: { is: 'at_least', value: 1 } },
}
export const BOUGHT: Rule = { ...VIEWED, event: 'Order Completed' }
