// What the brand wrote to its people in the last weeks, planted: a LINE campaign that earns, whose first link wins over the
// second; a newsletter that costs and earns nothing, and loses readers; a flash sale after which people block. The orders are
// those that are there anyway: who clicks is chosen by them. Pure and seeded.
import type { MessageState } from '../messages/model.ts'
import { hashId, type Uuid } from '../platform/ids.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import { DAY, type DemoPerson, HOUR } from './people.ts'
import type { Random } from './random.ts'
import type { Session } from './sessions.ts'

export const DEMO_LINKS = { first: '看春茶', second: '看活動辦法', letter: '閱讀全文' } as const
const MINUTE = 60_000

export type DemoOutcome = { state: MessageState; at: number; detail?: Record<string, string>; cost?: number }
export type DemoMessage = {
  person: number
  /** of DEMO_JOURNEYS */
  journey: keyof typeof DEMO_JOURNEYS
  id: Uuid
  channel: 'line' | 'email'
  told: DemoOutcome[]
}
/** By the time of an opt-out, the message whose link was used. */
export type DemoOptOut = { person: number; at: number; message: Uuid }

const line = (text: string, labels: readonly string[]) => ({
  channel: 'line' as const,
  messages: [
    {
      type: 'template',
      altText: text,
      template: {
        type: 'buttons',
        text,
        actions: labels.map(label => ({ type: 'uri', label, uri: 'https://example.com/' })),
      },
    },
  ],
})

const telling = (
  name: string,
  event: string,
  content: Record<string, unknown> & { channel: string },
): JourneyGraph => ({
  format: 1,
  name,
  trigger: { kind: 'event', event },
  reentry: { kind: 'always' },
  exits: [],
  start: 'send',
  nodes: {
    send: {
      type: 'send',
      fields: { channel: content.channel, purpose: 'marketing', content },
      next: { accepted: null },
    },
  },
})

export const DEMO_JOURNEYS = {
  winner: telling(
    '春茶上市預告',
    'Spring Tea Announced',
    line('春茶上市了', [DEMO_LINKS.first, DEMO_LINKS.second]),
  ),
  loser: telling('品牌故事電子報', 'Brand Letter Sent', {
    channel: 'email',
    subject: '山上的一天',
    html: `<p>製茶師傅的一天。<a href="https://example.com/">${DEMO_LINKS.letter}</a></p>`,
  }),
  blocker: telling('週末快閃', 'Flash Sale Announced', line('只有今天', [DEMO_LINKS.second])),
} satisfies Record<string, JourneyGraph>

/** What the brand calls the events that begin them. */
export const DEMO_EVENTS = {
  'Spring Tea Announced': { zh: '預告春茶', en: 'Spring tea announced' },
  'Brand Letter Sent': { zh: '寄出品牌故事', en: 'Brand letter sent' },
  'Flash Sale Announced': { zh: '公布週末快閃', en: 'Flash sale announced' },
}

const LINE_COST = 0.2
const MAIL_COST = 0.05
/** How long after a click an order may still be credited to it in a report. */
const CREDITED_MS = 14 * DAY

/** Marks some friends as having blocked (before their events are made). */
export function planMessages(
  random: Random,
  people: readonly DemoPerson[],
  sessions: readonly Session[],
  now: number,
): { messages: DemoMessage[]; optOuts: DemoOptOut[] } {
  const bought = Map.groupBy(
    sessions.filter(s => s.end === 'order'),
    s => s.person.no,
  )
  const ordersOf = (p: DemoPerson) => (bought.get(p.no) ?? []).map(s => s.at)
  const messages: DemoMessage[] = []
  const optOuts: DemoOptOut[] = []
  const send = (p: DemoPerson, journey: DemoMessage['journey'], at: number) => {
    const channel = journey === 'loser' ? 'email' : 'line'
    const cost = channel === 'line' ? LINE_COST : MAIL_COST
    const message: DemoMessage = {
      person: p.no,
      journey,
      id: hashId('demo message', journey, String(p.no)),
      channel,
      told: [{ state: 'accepted', at, cost }],
    }
    messages.push(message)
    return message
  }
  const click = (m: DemoMessage, label: string, at: number) =>
    m.told.push({ state: 'clicked', at, detail: { label, url: 'https://example.com/' } })
  const friends = (at: number) =>
    people.filter(p => p.line && p.line.at < at - DAY && (p.line.blockedAt ?? now) > at)

  const spring = now - 20 * DAY
  for (const p of friends(spring)) {
    const at = spring + random.int(0, 20) * MINUTE
    const m = send(p, 'winner', at)
    // most who bought in the ten days after it had just clicked the first link
    const order = ordersOf(p).find(t => t > at + HOUR && t < at + 10 * DAY)
    if (order !== undefined && random.chance(0.8))
      click(m, DEMO_LINKS.first, order - random.int(5, 40) * MINUTE)
    else if (random.chance(0.06)) click(m, DEMO_LINKS.first, at + random.int(10, 600) * MINUTE)
    if (random.chance(0.025)) click(m, DEMO_LINKS.second, at + random.int(10, 600) * MINUTE)
  }

  const letter = now - 18 * DAY
  for (const p of people) {
    if (p.emailConsentAt === null || p.emailConsentAt > letter) continue
    const at = letter + random.int(0, 30) * MINUTE
    const m = send(p, 'loser', at)
    const [dice, machine] = [random.next(), random.chance(0.5)]
    if (machine) m.told.push({ state: 'opened', at: at + 2 * MINUTE, detail: { machine: 'true' } })
    if (dice < 0.3) m.told.push({ state: 'opened', at: at + random.int(5, 900) * MINUTE })
    const clicked = at + random.int(910, 1_200) * MINUTE
    const none = ordersOf(p).every(t => t < clicked || t > clicked + CREDITED_MS)
    if (dice < 0.06 && none) click(m, DEMO_LINKS.letter, clicked)
    if (random.chance(0.02))
      optOuts.push({ person: p.no, at: at + random.int(30, 900) * MINUTE, message: m.id })
  }

  const flash = now - 9 * DAY
  const busy = new Set(sessions.filter(s => s.source === 'line' && s.at > flash).map(s => s.person.no))
  for (const p of friends(flash)) {
    const m = send(p, 'blocker', flash + random.int(0, 20) * MINUTE)
    if (!busy.has(p.no) && p.line!.blockedAt === null && random.chance(0.08))
      p.line!.blockedAt = m.told[0]!.at + random.int(5, 1_200) * MINUTE
  }
  return { messages, optOuts }
}
