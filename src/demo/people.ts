// The made-up people: who they are, when they came, how they can be reached, and how many orders each will place.
import type { IdRef } from '../customers/model.ts'
import { CITIES, EMAIL_DOMAINS, personName } from '../sandbox/brand.ts'
import type { Random } from './random.ts'

export const DAY = 86_400_000
export const HOUR = 3_600_000

export type DemoPerson = {
  no: number
  name: string
  /** null: an anonymous visitor */
  memberNo: string | null
  anonymousId: string
  email: string | null
  phone: string | null
  /** a LINE friend: user id, and when blocked again */
  line: { uid: string; at: number; blockedAt: number | null } | null
  emailConsentAt: number | null
  city: string
  birthday: string
  firstAt: number
  joinedAt: number | null
  /** of the tenth that buys again and again */
  loyal: boolean
  /** orders of the planted 90-day product, and all others */
  steadyOrders: number
  otherOrders: number
}

const COUNT = 2_000
const ANONYMOUS = 240
const LOYAL = 90
const STEADY = 200
const BUYERS = 900
/** signed up within the last hours, so that the welcome journey has people in it */
const FRESH = 16

export function makePeople(random: Random, now: number): DemoPerson[] {
  const from = now - 365 * DAY
  const people = Array.from({ length: COUNT }, (_, no) => makePerson(random, no, from, now))
  const members = people.filter(p => p.memberNo !== null && p.joinedAt! < now - 2 * DAY)
  // early members can have bought for a year: the loyal and the steady are drawn from them
  const early = random.shuffle(members.filter(p => p.joinedAt! < from + 60 * DAY))
  for (const p of early.slice(0, LOYAL)) p.loyal = true
  for (const p of early.slice(LOYAL / 2, LOYAL / 2 + STEADY)) p.steadyOrders = random.int(3, 4)
  const rest = random.shuffle(members.filter(p => !p.loyal))
  for (const p of people) if (p.loyal) p.otherOrders = random.int(8, 11)
  for (const p of rest.slice(0, BUYERS - LOYAL)) p.otherOrders = random.weighted([0, 6, 3, 1])
  return people
}

function makePerson(random: Random, no: number, from: number, now: number): DemoPerson {
  const { name, roman } = personName(random)
  const anonymous = no >= COUNT - ANONYMOUS
  const fresh = no < FRESH
  // a third of the members were there from the first two months; then the brand grows steadily
  const early = no % 3 === 0
  const joinedAt = anonymous
    ? null
    : fresh
      ? now - random.int(10 * 60_000, 18 * HOUR)
      : from + (early ? random.next() * 55 : 20 + random.next() * 343) * DAY
  const firstAt =
    joinedAt === null
      ? from + random.next() * 360 * DAY
      : Math.max(from, joinedAt - random.int(1, fresh ? 3 : 480) * HOUR)
  const memberNo = anonymous ? null : 'WQ' + String(100_001 + no)
  const friend = !anonymous && (fresh || random.chance(0.62))
  const lineAt = friend
    ? Math.min(now - 60_000, joinedAt! + (random.chance(0.7) ? 60_000 : random.int(1, 30) * DAY))
    : 0
  const blocked = friend && !fresh && lineAt < now - 40 * DAY && random.chance(0.06)
  const hasEmail = !anonymous && random.chance(0.88)
  return {
    no,
    name,
    memberNo,
    anonymousId: `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`,
    email: hasEmail ? `${roman}.${no + 1}@${random.pick(EMAIL_DOMAINS)}` : null,
    phone: !anonymous && random.chance(0.8) ? '+886900' + String(no + 1).padStart(6, '0') : null,
    line: friend
      ? {
          uid: 'U' + random.hex(32),
          at: lineAt,
          blockedAt: blocked ? lineAt + random.int(5, 35) * DAY : null,
        }
      : null,
    emailConsentAt: hasEmail && random.chance(0.7) ? joinedAt! + 90_000 : null,
    city: random.pick(CITIES),
    birthday: `${random.int(1962, 2006)}-${String(random.int(1, 12)).padStart(2, '0')}-${String(random.int(1, 28)).padStart(2, '0')}`,
    firstAt,
    joinedAt,
    loyal: false,
    steadyOrders: 0,
    otherOrders: 0,
  }
}

/** Every identifier this person ever shows. */
export function idsOf(p: DemoPerson): IdRef[] {
  const ids: IdRef[] = [{ kind: 'anonymous_id', value: p.anonymousId }]
  if (p.memberNo) ids.push({ kind: 'member_no', value: p.memberNo })
  if (p.email) ids.push({ kind: 'email', value: p.email })
  if (p.phone) ids.push({ kind: 'phone', value: p.phone })
  if (p.line) ids.push({ kind: 'line_uid', value: p.line.uid })
  return ids
}
