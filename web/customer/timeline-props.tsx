// What a line of the timeline says of its properties: our codes in words, amounts as money, what a site sent as it came.
import { publicId } from '../../src/platform/ids.ts'
import { word } from '../i18n.ts'
import { useEventLabel } from '../parts/event-label.ts'
import { useSay, useWs } from '../use.ts'
import { useAttributeName } from './names.ts'

/** Long, or of use only to who looks for it. */
const BEHIND_A_CLICK = new Set([
  'url',
  'referrer',
  'search',
  'products',
  'notBefore',
  'notAfter',
  'occurrence',
  'verified',
  'event',
  'rules',
  'session',
  'session_id',
  'number',
  'proof',
  'traits',
  'image_url',
  'cart_url',
  'orders_change',
  'revenue_change',
  'cost_change',
  'costed_change',
])
const MOST_BRIEFLY = 4
const LONGEST = 160

type Entry = [key: string, value: unknown]

/** Those with a value; `briefly`: the few that are shown at once. */
export function entriesOf(props: Record<string, unknown>): { all: Entry[]; briefly: Entry[] } {
  const all = Object.entries(props).filter(([, v]) => v !== null && v !== undefined && v !== '')
  return { all, briefly: all.filter(([key]) => !BEHIND_A_CLICK.has(key)).slice(0, MOST_BRIEFLY) }
}

/** Codes of ours, by the name of the property they stand in. */
const CODES = {
  port: 'port',
  outcome: 'state',
  reason: 'reason',
  how: 'exitHow',
  channel: 'channel',
  purpose: 'purpose',
  sales_channel: 'salesChannel',
} as const
/** Names of events. */
const EVENTS = new Set(['cause', 'trigger', 'entry'])
type Coded = keyof typeof CODES
const isCoded = (key: string): key is Coded => Object.hasOwn(CODES, key)

/** Workspace times of this century, in ms. */
const isTime = (value: unknown): value is number =>
  typeof value === 'number' && value > 946_684_800_000 && value < 4_102_444_800_000

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

/** An object as its parts: `source pack · medium qr`. */
function parts(value: object): string {
  if (Array.isArray(value)) return value.map(plain).join(', ')
  return Object.entries(value)
    .filter(([, v]) => v !== null && v !== undefined && v !== '')
    .map(([key, v]) => `${word('prop', key)} ${plain(v)}`)
    .join(' · ')
}
const plain = (value: unknown): string =>
  typeof value === 'object' && value !== null ? `(${parts(value)})` : String(value)

export function useSayProp(): (
  name: string,
  key: string,
  value: unknown,
  props: Record<string, unknown>,
) => string {
  const say = useSay()
  const attribute = useAttributeName()
  const event = useEventLabel(useWs())
  return (name, key, value, props) => {
    if (key === 'engaged_ms' && typeof value === 'number') return say.duration(value)
    if (isTime(value)) return say.exact(value)
    if (value === true) return say.t('common.yes')
    if (value === false) return say.t('common.no')
    if (typeof value === 'object' && value !== null) return brief(parts(value))
    // amounts of our facts are in the smallest unit, those of events as the shop sent them
    if (key === 'amount' && typeof value === 'number' && typeof props.currency === 'string')
      return say.money(value, props.currency)
    if (typeof value !== 'string') return brief(value)
    if (name === 'customer.merged' && key === 'loser') return publicId('cus', value)
    if (key === 'trait') return attribute(value)
    if (name === 'stage.changed' && (key === 'from' || key === 'to')) return word('stage', value)
    if (name.startsWith('identifier.') && key === 'kind') return word('identifier', value)
    if (name.startsWith('segment.') && key === 'cause')
      return word('segmentCause', value) === value ? event(value) : word('segmentCause', value)
    if (EVENTS.has(key)) return event(value)
    if (isCoded(key)) return word(CODES[key], value)
    return brief(value)
  }
}
