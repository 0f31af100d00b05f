// Notifications through the deliverer to the stand-ins of browsers' push services and of Firebase, and what becomes of a
// token that reaches nothing any more.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSendLab, type Person, type SendLab } from '../../../test/send-lab.ts'
import { unpackState } from '../../customers/pack.ts'
import { openOwner } from '../../inbox/owner.ts'
import { recordReceipts } from '../../messages/receipts.ts'
import { tapsIn } from '../../messages/taps.ts'
import { bucketOf } from '../../platform/ids.ts'
import { setStandInFault } from '../../sandbox/stand-in.ts'
import type { PushToCustomer } from '../../sandbox/stand-ins/fcm.ts'
import type { WebPushToCustomer } from '../../sandbox/stand-ins/webpush.ts'
import type { MessageContent } from '../content.ts'

let lab: SendLab
let owner: ReturnType<typeof openOwner>
beforeAll(async () => {
  lab = await openSendLab()
  owner = openOwner(lab.core)
})
afterAll(async () => {
  await owner.stop()
  await lab.close()
})

const url = "{{ 'https://brand.example/new' | track: 'new' }}"
const CONTENT: Record<'push' | 'webpush', MessageContent> = {
  push: { channel: 'push', title: '嗨，{{ customer.name }}', body: '新品到了', url, ttl: 600 },
  webpush: {
    channel: 'webpush',
    title: '嗨，{{ customer.name }}',
    body: '新品到了',
    url,
    ttl: 600,
    urgency: 'high',
    topic: 'new',
  },
}
async function sent(person: Person, channel: 'push' | 'webpush') {
  const deliverer = await lab.deliverer()
  const { id } = await lab.intend(person, CONTENT[channel])
  await deliverer.tick()
  return id
}
async function tokensOf(person: Person): Promise<string[]> {
  while (await owner.tick());
  const { rows } = await lab.core.pool.query<{ state: string }>(
    'select state from customer where bucket = $1 and id = $2',
    [bucketOf(person.id), person.id],
  )
  return (unpackState(rows[0]!.state).push ?? []).map(t => t.t)
}

test('R3-39 a browser gets the notification, which only it can read, with a tracked link', async () => {
  const person = await lab.person()
  const id = await sent(person, 'webpush')
  expect((await lab.row(id)).state).toBe('accepted')
  const [got] = await lab.sink<WebPushToCustomer>('webpush', person.browser)
  expect(got).toMatchObject({
    title: '嗨，王小明',
    body: '新品到了',
    headers: { ttl: '600', urgency: 'high', topic: 'new' },
  })
  const answer = await fetch(got!.url!, {
    redirect: 'manual',
    headers: { 'user-agent': 'Mozilla/5.0 Chrome/140' },
  })
  expect(answer.headers.get('location')).toBe('https://brand.example/new')
  expect((await lab.row(id)).state).toBe('clicked')
})

test('R3-39 an app gets the notification with the message’s id, and says that it was tapped', async () => {
  const person = await lab.person()
  const id = await sent(person, 'push')
  const [got] = await lab.sink<PushToCustomer>('push', person.app)
  expect(got).toMatchObject({
    title: '嗨，王小明',
    ttl: '600s',
    data: { url: expect.stringContaining('/t/') },
  })
  const tapped = (name: string) =>
    tapsIn(
      [{ type: 'track', name, messageId: 'm', at: 1, ids: [], proof: 'public', src: 's', props: got!.data }],
      Date.now(),
    )
  await recordReceipts(lab.core, lab.workspace, tapped('Push Notification Received'))
  expect((await lab.row(id)).state).toBe('delivered')
  await recordReceipts(lab.core, lab.workspace, tapped('Push Notification Tapped'))
  expect((await lab.row(id)).state).toBe('clicked')
  expect(tapped('Push Notification Dismissed')).toEqual([])
})

describe.each([
  ['webpush', 'webpush', (p: Person) => p.browser],
  ['push', 'fcm', (p: Person) => p.app],
] as const)('%s', (channel, adapter, token) => {
  test('R3-39 a token that reaches nothing any more is dropped, the others stay; what may pass is tried again', async () => {
    const person = await lab.person()
    await setStandInFault(lab.core.pool, lab.workspace, { adapter, kind: 'error_429', times: 1 })
    const later = await sent(person, channel)
    expect((await lab.row(later)).state).toBe('intended')
    expect(await tokensOf(person)).toContain(token(person))
    await lab.core.pool.query(
      `update sandbox_contact set following = false where workspace_id = $1 and channel = $2 and address = $3`,
      [lab.workspace, channel, token(person)],
    )
    const id = await sent(person, channel)
    expect(await lab.row(id)).toMatchObject({ state: 'failed', reason: 'bad_recipient' })
    const left = await tokensOf(person)
    expect(left).toEqual([person.app, person.browser].filter(t => t !== token(person)))
    expect(await lab.row(await sent(person, channel))).toMatchObject({
      state: 'skipped',
      reason: 'no_address',
    })
  })
})
