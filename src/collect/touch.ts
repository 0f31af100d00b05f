// What an event tells of the touch it was: the channel it happened on, what led there (campaign, advertisement, store
// QR), the session it belongs to, and the push token an app reports. Pure.
import { PUSH_PLATFORM, PUSH_TOKEN } from '../customers/cart.ts'
import type { EventBody } from '../inbox/model.ts'
import { type Dict, isDict } from '../platform/values.ts'

/** The channels a customer is met on; another name that a client gives is kept as it is, in small letters. */
export const TOUCH_CHANNELS = [
  'web',
  'app',
  'store',
  'line',
  'facebook',
  'instagram',
  'email',
  'sms',
  'phone',
  'support',
] as const

const SYNONYMS: Record<string, (typeof TOUCH_CHANNELS)[number]> = {
  browser: 'web',
  website: 'web',
  官網: 'web',
  網站: 'web',
  mobile: 'app',
  ios: 'app',
  android: 'app',
  pos: 'store',
  offline: 'store',
  門市: 'store',
  實體門市: 'store',
  line_oa: 'line',
  'line oa': 'line',
  fb: 'facebook',
  messenger: 'facebook',
  ig: 'instagram',
  mail: 'email',
  'e-mail': 'email',
  edm: 'email',
  text: 'sms',
  簡訊: 'sms',
  call: 'phone',
  電話: 'phone',
  customer_service: 'support',
  客服: 'support',
}
const LONGEST_CHANNEL = 32

/** A channel as a client names it; null when it names none. */
export function channelNamed(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const name = value.normalize('NFKC').trim().toLowerCase()
  if (name === '' || name.length > LONGEST_CHANNEL) return null
  return Object.hasOwn(SYNONYMS, name) ? SYNONYMS[name]! : name
}

/** Where it happened: what the event says; else what its client is; else what such an event can only be. `declared`:
 *  the item's own `channel`, by which RudderStack's clients say what they run on. */
export function channelOf(
  name: string,
  type: EventBody['type'],
  props: Dict | undefined,
  declared: unknown,
  context: Dict | null,
): string | null {
  const said = channelNamed(props?.channel)
  if (said !== null) return said
  if (props?.sales_channel === 'store' || name.startsWith('Store ')) return 'store'
  if (name.startsWith('Support ') || name.startsWith('Conversation ')) return 'support'
  const client = channelNamed(declared)
  if (client === 'web' || client === 'app') return client
  if (type === 'page') return 'web'
  if (type === 'screen') return 'app'
  if (context === null) return null
  // browsers tell of the page, apps of themselves and the device
  if (isDict(context.page)) return 'web'
  return isDict(context.device) || isDict(context.app) ? 'app' : null
}

/** Click ids that advertising platforms append to the address of an advertisement, and whose they are. Not fbclid:
 *  Facebook and Instagram append it to every link, so it only says that somebody came from there. */
const CLICK_IDS: Record<string, string> = {
  gclid: 'google',
  gbraid: 'google',
  wbraid: 'google',
  msclkid: 'microsoft',
  ttclid: 'tiktok',
  yclid: 'yahoo',
  ldtag_cl: 'line',
}
const UTM: Record<string, string> = {
  utm_source: 'source',
  utm_medium: 'medium',
  utm_campaign: 'name',
  utm_term: 'term',
  utm_content: 'content',
  utm_id: 'id',
}
const LONGEST_MARK = 300
/** Saves parsing an address that carries none of these. */
const MARKED = /[?&](utm_|ad_id=|itn_store=|\w*clk?id=|\w*braid=|ldtag_cl=)/
const ARRIVES = new Set(['Deep Link Opened', 'Application Opened', 'Install Attributed'])

/** Properties that the event gains from its context and address; null for none. What it says itself stays. */
export function touchProps(
  name: string,
  type: EventBody['type'],
  props: Dict | undefined,
  context: Dict | null,
): Dict | null {
  let more: Dict | null = null
  const add = (key: string, value: unknown) => {
    if (value !== undefined && props?.[key] === undefined) (more ??= {})[key] ??= value
  }
  if (context !== null) {
    if (isDict(context.campaign) && Object.keys(context.campaign).length > 0)
      add('campaign', context.campaign)
    const session = context.sessionId
    if (typeof session === 'string' || typeof session === 'number') add('session_id', session)
    if (context.sessionStart === true) add('session_start', true)
  }
  if (type !== 'page' && !ARRIVES.has(name)) return more
  const page = context !== null && isDict(context.page) ? context.page : null
  if (page?.referrer) add('referrer', page.referrer)
  const address = props?.url ?? page?.url ?? props?.search ?? page?.search
  if (typeof address !== 'string' || !MARKED.test(address)) return more
  const marks = new URLSearchParams(address.slice(address.indexOf('?') + 1).split('#', 1)[0])
  const campaign: Dict = {}
  for (const [key, value] of marks)
    if (Object.hasOwn(UTM, key) && value !== '') campaign[UTM[key]!] = value.slice(0, LONGEST_MARK)
  if (marks.has('fbclid')) campaign.source ??= 'meta'
  if (Object.keys(campaign).length > 0) add('campaign', campaign)
  add('store', marks.get('itn_store')?.slice(0, LONGEST_MARK))
  add('ad_id', marks.get('ad_id')?.slice(0, LONGEST_MARK))
  for (const [key, value] of marks) {
    if (!Object.hasOwn(CLICK_IDS, key)) continue
    add('ad_id', value.slice(0, LONGEST_MARK))
    add('ad_platform', CLICK_IDS[key])
  }
  return more
}

/** Events that carry a device's push token along, so that not every event grows by it. */
const TELLS_TOKEN = /^(Identified|Application (Installed|Opened|Updated)|Push .+)$/
const LONGEST_TOKEN = 800

/** The push token of a mobile client, by the names under which the profile takes it up. */
export function pushHint(name: string, type: EventBody['type'], context: Dict): Dict | null {
  if (!isDict(context.device) || (type !== 'identify' && !TELLS_TOKEN.test(name))) return null
  const { token, type: platform } = context.device
  if (typeof token !== 'string' || token === '' || token.length > LONGEST_TOKEN) return null
  const os = typeof platform === 'string' && platform.length <= 16 ? platform.toLowerCase() : undefined
  return { [PUSH_TOKEN]: token, ...(os ? { [PUSH_PLATFORM]: os } : {}) }
}
