// Handlers of the desk: stop and release, dead letters, test sends.
import { isReference, type MessageContent } from '../../channels/content.ts'
import { isChannel } from '../../channels/model.ts'
import { nameOf } from '../../customers/model.ts'
import { customersById, findCustomer } from '../../customers/store.ts'
import { runCommand } from '../../inbox/command.ts'
import { newestVersions } from '../../modules/store.ts'
import type { Core } from '../../platform/core.ts'
import { Problem } from '../../platform/errors.ts'
import { actorOf, type Handlers } from '../../platform/http/handler.ts'
import { newId, publicId, type Uuid } from '../../platform/ids.ts'
import { idOr404, notFound } from '../../platform/public-id.ts'
import { deadGroups, handleDead } from '../dead-letters.ts'
import { setStopped, stoppedNow } from '../stop.ts'
import { bindSelf, newCode, seedLists, selfOf, setSeed } from '../test-send.ts'

type Caller = Parameters<typeof actorOf>[0]

async function customerOf(core: Core, workspace: Uuid, text: string): Promise<Uuid> {
  const found = await findCustomer(core.pool, workspace, idOr404('cus', text, 'customer'))
  if (!found) throw notFound('cus', 'customer')
  return found.id
}

/** Only a person has a customer that they are. */
function userOf(caller: Caller): Uuid {
  if (caller.kind === 'user') return caller.id
  throw new Problem(403, 'not_a_person', 'An API key is no person', {
    action: 'Sign in, or name customers of a seed list.',
  })
}

const noneOf = (path: string, title: string, action: string) =>
  new Problem(400, 'no_recipient', title, { path, action })

async function recipientsOf(
  core: Core,
  workspace: Uuid,
  caller: Caller,
  wanted: { self?: boolean | undefined; lists?: string[] | undefined; customers?: string[] | undefined },
): Promise<Uuid[]> {
  const lists = await seedLists(core.pool, workspace)
  const found = new Set<Uuid>()
  if (wanted.self) {
    const self = await selfOf(core.pool, workspace, userOf(caller))
    if (self === null)
      throw noneOf(
        'self',
        'You have not said which customer you are',
        'Bind yourself under Settings, Sending.',
      )
    found.add(self)
  }
  for (const name of wanted.lists ?? []) {
    const list = lists.find(l => l.name === name)
    if (!list) throw noneOf('lists', `There is no seed list ${name}`, 'Choose one of Settings, Sending.')
    for (const customer of list.customers) found.add(customer)
  }
  const seeds = new Set(lists.flatMap(l => l.customers))
  for (const text of wanted.customers ?? []) {
    const customer = await customerOf(core, workspace, text)
    if (!seeds.has(customer))
      throw noneOf('customers', 'This customer is on no seed list', 'Put the customer on a seed list first.')
    found.add(customer)
  }
  if (found.size === 0)
    throw noneOf('', 'Nobody is to get it', 'Choose yourself, a seed list, or customers of one.')
  if (found.size > 50) throw noneOf('lists', 'These are too many', 'Test with at most 50 recipients at once.')
  return [...found]
}

/** What a reference to a module stands for now. */
async function contentOf(
  core: Core,
  workspace: Uuid,
  content: Parameters<typeof isReference>[0],
): Promise<MessageContent> {
  if (!isReference(content)) return content as MessageContent
  const { module, overrides } = content as { module: { id: string }; overrides?: object }
  const pin = (await newestVersions(core.pool, workspace, [module.id])).get(module.id)
  if (!pin)
    throw new Problem(400, 'module_unpublished', 'The message module is not published', {
      path: 'content/module',
      action: 'Publish the module, or send its content.',
    })
  return { ...pin.content, ...overrides } as MessageContent
}

export const deskRoutes = {
  async sending({ core, workspace }) {
    const { channels, ...rest } = await stoppedNow(core.pool, workspace.id)
    return { ...rest, channels: channels.filter(isChannel) }
  },
  async stopSending({ core, workspace, body }) {
    await setStopped(core, workspace.id, body.channel ?? null, true)
    return { ok: true as const }
  },
  async releaseSending({ core, workspace, body }) {
    await setStopped(core, workspace.id, body.channel ?? null, false)
    return { ok: true as const }
  },

  async deadMessages({ core, workspace }) {
    const groups = await deadGroups(core.pool, workspace.id)
    return {
      groups: groups.map(g => ({
        ...g,
        oldest: g.oldest.toISOString(),
        newest: g.newest.toISOString(),
        message: publicId('msg', g.message),
      })),
    }
  },
  async handleDeadMessages({ core, workspace, body, note }) {
    const answer = await handleDead(core, workspace.id, body, Date.now() + workspace.clockOffsetMs)
    note({ ...body, done: answer.done })
    return answer
  },

  async testRecipients({ core, workspace, caller }) {
    const lists = await seedLists(core.pool, workspace.id)
    const self = caller.kind === 'user' ? await selfOf(core.pool, workspace.id, caller.id) : null
    const ids = [...new Set([...lists.flatMap(l => l.customers), ...(self === null ? [] : [self])])]
    const customers = await customersById(core.pool, workspace.id, ids)
    const shown = (id: Uuid) => {
      const customer = customers.get(id)
      return {
        customer: publicId('cus', id),
        name: customer && !customer.mergedInto ? nameOf(customer.state) : null,
      }
    }
    return {
      lists: lists.map(l => ({ name: l.name, members: l.customers.map(shown) })),
      self: self === null ? null : shown(self),
    }
  },
  async addTestRecipient({ core, workspace, body, caller }) {
    const customer = await customerOf(core, workspace.id, body.customer)
    await setSeed(
      core.pool,
      { workspace: workspace.id, list: body.list, customer, by: actorOf(caller) },
      true,
    )
    return { ok: true as const }
  },
  async removeTestRecipient({ core, workspace, body, caller }) {
    const customer = idOr404('cus', body.customer, 'customer')
    await setSeed(
      core.pool,
      { workspace: workspace.id, list: body.list, customer, by: actorOf(caller) },
      false,
    )
    return { ok: true as const }
  },
  async testCode({ core, workspace, caller }) {
    const { code, ends } = await newCode(core.pool, workspace.id, userOf(caller))
    return { code, ends: ends.toISOString() }
  },
  async bindTestSelf({ core, workspace, caller, body }) {
    const customer = body.customer === null ? null : await customerOf(core, workspace.id, body.customer)
    await bindSelf(core.pool, workspace.id, userOf(caller), customer)
    return { ok: true as const }
  },

  async testSend({ core, workspace, caller, body, idempotencyKey }) {
    const content = await contentOf(core, workspace.id, body.content)
    const recipients = await recipientsOf(core, workspace.id, caller, body)
    const as = body.as === undefined ? undefined : await customerOf(core, workspace.id, body.as)
    const account = body.account === undefined ? undefined : idOr404('chn', body.account, 'account')
    const key = idempotencyKey ?? newId()
    const sent = await Promise.all(
      recipients.map(async customer => {
        const answer = await runCommand(core, {
          workspace: workspace.id,
          customer,
          key: `${key}:${customer}`,
          actor: actorOf(caller),
          command: {
            do: 'say',
            channel: content.channel,
            content,
            origin: 'test',
            by: actorOf(caller),
            ...(as === undefined ? {} : { as }),
            ...(account === undefined ? {} : { account }),
          },
        })
        const { message } = answer.body as { message?: string }
        return message === undefined ? [] : [{ customer: publicId('cus', customer), message }]
      }),
    )
    return { sent: sent.flat() }
  },
} satisfies Handlers
