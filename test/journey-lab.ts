// Journeys as a brand runs them: published over HTTP, people told of by the brand's server, messages at the stand-ins.
import { expect } from 'vitest'
import { unpackState } from '../src/customers/pack.ts'
import type { CustomerState } from '../src/customers/model.ts'
import type { JourneyGraph } from '../src/journeys/model.ts'
import type { Rule } from '../src/rules/model.ts'
import { parseId } from '../src/platform/ids.ts'
import { openDeliverer } from '../src/messages/deliver.ts'
import { openTestCore } from './harness.ts'
import { openShopLab, type ShopLab } from './shop-lab.ts'
import { openStage } from './stage.ts'

export type Item = Record<string, unknown>
export type Fact = { name: string; node: string; props: Record<string, unknown> }

export type JourneyLab = ShopLab & {
  /** something of one person, told by the brand's server */
  tell(...items: Item[]): Promise<void>
  /** a person with a mailbox that agreed to mails, and (line) a LINE friend; the name is the anonymous id */
  person(who: string, has: { email?: boolean; line?: boolean; traits?: Item }): Promise<void>
  lineOf(who: string): string
  mailOf(who: string): string
  stateOf(who: string): Promise<CustomerState>
  /** what arrived at a stand-in, the oldest first */
  inbox(channel: 'line' | 'email', who: string): Promise<Item[]>
  /** facts of a journey about one person, in order */
  facts(who: string, journey: string): Promise<Fact[]>
  /** the ports by which a person left nodes, in order */
  path(who: string, journey: string): Promise<string[]>
  passes(ms: number): Promise<void>
  /** another process takes over; `letGo`: its place is free until then */
  restart(): Promise<void>
  letGo(): Promise<void>
  act(body: Item): Promise<void>
}

/** `who` is what the person is called throughout a test. */
export const is = (who: string, traits: Item, more: Item = {}): Item => ({
  type: 'identify',
  anonymousId: who,
  traits,
  ...more,
})
export const says = (who: string, event: string, properties: Item = {}): Item => ({
  type: 'track',
  event,
  anonymousId: who,
  properties,
})

export const graphOf = (
  event: string,
  nodes: JourneyGraph['nodes'],
  more: Partial<JourneyGraph> = {},
): JourneyGraph => ({
  format: 1,
  name: event,
  trigger: { kind: 'event', event },
  reentry: { kind: 'always' },
  exits: [],
  start: Object.keys(nodes)[0]!,
  nodes,
  ...more,
})

/** Nodes that tag whoever comes. */
export const justTag = (tag: string): JourneyGraph['nodes'] => ({
  tag: { type: 'update', fields: { addTags: [tag] }, next: { next: null } },
})

/** It folds while somebody waits for the answer. */
export async function foldWhile<T>(lab: ShopLab, asked: Promise<T>): Promise<T> {
  let done = false
  const ended = asked.finally(() => (done = true))
  while (!done) {
    await lab.settle()
    await new Promise(resolve => setImmediate(resolve))
  }
  await lab.settle()
  return ended
}

export async function openJourneyLab(): Promise<JourneyLab> {
  const shop = await openShopLab()
  const { core, workspace } = shop
  const deliverer = await openDeliverer(core)
  // one process for the whole file, unless it is started anew: a hundred settles would open a hundred
  const open = async () => {
    const beside = await openTestCore({ beside: core, baseUrl: core.baseUrl })
    return {
      beside,
      stage: openStage(beside, [{ tick: () => deliverer.tick(), stop: async () => undefined }]),
    }
  }
  let process = await open()
  let isOpen = true
  const end = async () => {
    if (!isOpen) return
    isOpen = false
    await process.stage.close()
    await process.beside.close()
  }
  const closeShop = shop.close
  const lines = new Map<string, string>()
  const stateRow = async (who: string) => {
    const { rows } = await core.pool.query<{ id: string; state: string }>(
      `select c.id, c.state from identifier i join customer c on c.id = i.customer_id and c.workspace_id = i.workspace_id
        where i.workspace_id = $1 and i.kind = 'anonymous_id' and i.value = $2`,
      [workspace, who],
    )
    return rows[0]!
  }
  // what the shop's own ways settle is settled here, too
  const lab: JourneyLab = Object.assign(shop, {
    settle: () => process.stage.settle(),
    async restart() {
      await end()
      process = await open()
      isOpen = true
    },
    letGo: end,
    async close() {
      await end()
      await deliverer.stop()
      await closeShop()
    },
    async tell(...items: Item[]) {
      const answer = await shop.batch(items)
      expect(answer).toMatchObject({ status: 200, body: { success: true } })
      expect(JSON.stringify(answer.body)).not.toContain('rejected":[{')
      await shop.settle()
    },
    lineOf: (who: string) => lines.get(who)!,
    mailOf: (who: string) => `${who}@example.com`,
    async person(
      who: string,
      { email = false, line = false, traits = {} }: { email?: boolean; line?: boolean; traits?: Item },
    ) {
      const uid = 'U' + Buffer.from(who.padEnd(16, '.')).toString('hex').slice(0, 32)
      lines.set(who, uid)
      await core.pool.query(
        `insert into sandbox_contact (workspace_id, channel, address, name, following, created) values ($1, 'line', $2, $3, false, now())`,
        [workspace, uid, who],
      )
      await lab.tell(
        {
          type: 'identify',
          anonymousId: who,
          traits: { name: who, ...(email ? { email: lab.mailOf(who) } : {}), line_uid: uid, ...traits },
        },
        ...(email ? [says(who, 'consent.granted', { channel: 'email', purpose: 'marketing' })] : []),
      )
      if (line) await lab.act({ channel: 'line', address: uid, act: 'follow', name: who })
    },
    stateOf: async (who: string) => unpackState((await stateRow(who)).state),
    async inbox(channel: 'line' | 'email', who: string) {
      const { rows } = await core.pool.query<{ payload: Item }>(
        `select payload from sandbox_message where workspace_id = $1 and channel = $2 and address = $3
            and direction = 'to_customer' order by at, id`,
        [workspace, channel, channel === 'line' ? lines.get(who) : lab.mailOf(who)],
      )
      return rows.map(r => r.payload)
    },
    async facts(who: string, journey: string) {
      const { id } = await stateRow(who)
      const result = await core.history.query({
        query: `select name, node, props from event where workspace_id = {workspace:UUID} and customer_id = {customer:UUID}
                   and journey_id = {journey:UUID} order by folded, seq, line, part`,
        query_params: { workspace, customer: id, journey: parseId('jrn', journey) },
        format: 'JSONEachRow',
      })
      const rows = (await result.json()) as { name: string; node: string; props: string }[]
      return rows.map(r => ({ ...r, props: JSON.parse(r.props) as Item }))
    },
    async path(who: string, journey: string) {
      const facts = await lab.facts(who, journey)
      return facts.flatMap(f =>
        f.name === 'node.left'
          ? [`${f.node}:${String(f.props.port)}`]
          : f.name === 'journey.exited'
            ? [`end:${String(f.props.how)}`]
            : [],
      )
    },
    async passes(ms: number) {
      expect((await shop.call('setClock', { body: { byMs: ms } })).status).toBe(200)
      await shop.settle()
    },
    async act(body: Item) {
      expect((await shop.call('sandboxAct', { body })).status).toBe(200)
      // the stand-in posts its webhook by itself
      await expect
        .poll(
          async () =>
            (await core.pool.query('select from sandbox_receipt where workspace_id = $1', [workspace]))
              .rowCount,
        )
        .toBe(0)
      await shop.settle()
    },
  })
  return lab
}

/** Asks these branches in order when `event` happens, or when somebody tags the person with that word, which is nothing that the
 *  person does: it would move their clock. Who takes one is tagged `<event>:<branch>`. */
export function splitGraph(
  event: string,
  branches: Record<string, Rule>,
  by: 'event' | 'tag' = 'event',
): JourneyGraph {
  const names = Object.keys(branches)
  return {
    format: 1,
    name: event,
    trigger:
      by === 'event'
        ? { kind: 'event', event }
        : { kind: 'event', event: 'tag.applied', where: [{ path: 'tag', op: 'is', value: event }] },
    reentry: { kind: 'always' },
    exits: [],
    start: 'split',
    nodes: {
      split: {
        type: 'split',
        fields: { branches: names.map(name => ({ name, rule: branches[name] })) },
        next: { ...Object.fromEntries(names.map(name => [name, name])), else: 'other' },
      },
      ...Object.fromEntries(
        [...names, 'other'].map(name => [
          name,
          { type: 'update', fields: { addTags: [`${event}:${name}`] }, next: { next: null } },
        ]),
      ),
    },
  }
}
