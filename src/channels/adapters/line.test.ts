// LINE user ids differ by provider: an account that names its provider brings in and reaches its own users only.
import { expect, test } from 'vitest'
import { decide } from '../../messages/decide.ts'
import { emptyState } from '../../customers/reduce.ts'
import type { CustomerState } from '../../customers/model.ts'
import { newId } from '../../platform/ids.ts'
import type { Account } from '../adapter.ts'
import { CHANNELS } from '../model.ts'
import { signBody } from '../line/events.ts'
import { line } from './line.ts'

const TEXT = { channel: 'line' as const, messages: [{ type: 'text', text: 'hi' }] }

const account = (provider?: string): Account => ({
  id: newId(),
  workspace: newId(),
  name: 'LINE',
  settings: provider === undefined ? {} : { provider },
  secrets: { channelSecret: 's', accessToken: 't' },
  trusted: false,
})

async function follow(provider?: string) {
  const rawBody = Buffer.from(
    JSON.stringify({
      events: [
        { type: 'follow', webhookEventId: 'E1', timestamp: 1, source: { type: 'user', userId: 'U1' } },
      ],
    }),
  )
  const headers = { 'x-line-signature': signBody('s', rawBody).toString('base64') }
  const told = await line.parse!(account(provider), { rawBody, headers, query: {}, url: '', now: 1 })
  return told.events[0]!
}

test('R1-14 a friend of an account with a provider is known by provider and id, one of the default provider by the id', async () => {
  expect((await follow()).input.body).toMatchObject({ ids: [{ kind: 'line_uid', value: 'U1' }] })
  const other = await follow('shop-b')
  expect(other.input.body).toMatchObject({ ids: [{ kind: 'line_uid', value: 'shop-b/U1' }] })
  expect(other.address).toBe('U1') // what blocks and receipts are kept by
})

test('a message goes to the user id of the account’s own provider, or to nobody', () => {
  const customer: CustomerState = emptyState({ workspace: newId(), id: newId() }, 1)
  customer.line = { following: true, at: 1 }
  customer.ids.push({ kind: 'line_uid', value: 'shop-b/U2', verified: true, at: 2, src: 'LINE' })
  const ask = (settings: Record<string, string>) =>
    decide(
      { purpose: 'transactional', notBefore: 1, notAfter: null, quiet: null, content: TEXT },
      CHANNELS.line,
      {
        now: 5,
        paused: false,
        account: { waitMs: 0, settings },
        customer,
      },
    )
  expect(ask({})).toEqual({ do: 'skip', reason: 'no_address' })
  // a friend of the other account only
  expect(ask({ provider: 'shop-b' })).toEqual({ do: 'skip', reason: 'blocked' })
  customer.lines = { 'shop-b': { following: true, at: 2 } }
  expect(ask({ provider: 'shop-b' })).toMatchObject({ do: 'send', address: 'U2' })
  customer.ids.push({ kind: 'line_uid', value: 'U3', verified: true, at: 1, src: 'LINE' })
  expect(ask({})).toMatchObject({ do: 'send', address: 'U3' })
})

test('a provider’s name has one form', () => {
  expect(line.wrong!({})).toBeNull()
  expect(line.wrong!({ provider: 'shop-b' })).toBeNull()
  expect(line.wrong!({ provider: 'Shop B' })).toMatchObject({ setting: 'provider' })
})
