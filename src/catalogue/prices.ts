// Handlers of price tables and exchange rates.
import { CHANNELS, isChannel } from '../channels/model.ts'
import { priced, priceFor, type Price, rateOf } from '../channels/price.ts'
import { addPrice, addRate, dropPrice, priceLists, ratesOf } from '../channels/price-store.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Handlers } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { wallDate } from '../platform/wall-time.ts'
import { publishWorld } from './publish.ts'
import { workspaceNow } from './workspace.ts'

const invalid = (path: string, title: string, action: string) =>
  new Problem(400, 'invalid', title, { path, action })

/** @throws Problem 404 for another's account, 400 for what its channel does not know */
async function demandFits(sql: Sql, workspace: Uuid, price: Omit<Price, 'id'>): Promise<void> {
  const { rows } = await sql.query<{ channel: string }>(
    'select channel from channel_account where workspace_id = $1 and id = $2 and archived_at is null',
    [workspace, price.account],
  )
  const channel = rows[0]?.channel
  if (channel === undefined || !isChannel(channel)) throw notFound('chn', 'account')
  if (price.category !== null && channel !== 'whatsapp')
    throw invalid('category', 'Only WhatsApp has categories', 'Leave the category out.')
  if (price.prefix !== '' && CHANNELS[channel].addressKind !== 'phone')
    throw invalid('prefix', 'This channel has no phone numbers', 'Leave the prefix out.')
}

export const priceRoutes = {
  async prices({ core, workspace }) {
    const day = wallDate(workspaceNow(workspace), workspace.timezone)
    const [lists, rates] = await Promise.all([
      priceLists(core.pool, [workspace.id]),
      ratesOf(core.pool, workspace.id),
    ])
    const prices = lists.get(workspace.id)?.prices ?? []
    const stateOf = (p: Price): 'now' | 'later' | 'past' => {
      if (p.from > day) return 'later'
      const same = prices.filter(
        o => o.purpose === p.purpose && o.category === p.category && o.prefix === p.prefix,
      )
      const asked = {
        ...p,
        purpose: p.purpose ?? 'marketing',
        address: p.prefix,
        day,
      } as const
      return priceFor(same, asked) === p ? 'now' : 'past'
    }
    return {
      items: prices.map(p => ({
        ...p,
        category: p.category as 'marketing' | null,
        id: publicId('prc', p.id),
        account: publicId('chn', p.account),
        state: stateOf(p),
        cost: priced(p, rates, workspace.currency, day),
      })),
      rates: rates.map(r => ({ ...r, at: r.at.toISOString() })),
      currency: workspace.currency,
    }
  },

  async addPrice({ core, workspace, caller, body }) {
    const price = { ...body, account: idOr404('chn', body.account, 'account') }
    return inTransaction(core.pool, async sql => {
      await sql.query('select from workspace where id = $1 for no key update', [workspace.id])
      await demandFits(sql, workspace.id, price)
      if (
        price.currency !== workspace.currency &&
        rateOf(await ratesOf(sql, workspace.id), price.currency, price.from) === null
      )
        throw new Problem(409, 'no_rate', `There is no rate of ${price.currency} for that day`, {
          path: 'currency',
          action: `Say first what one ${price.currency} is in ${workspace.currency}.`,
        })
      const id = await addPrice(sql, workspace.id, price, actorOf(caller))
      // journeys choose by it
      await publishWorld(sql, core, workspace.id)
      return { id: publicId('prc', id) }
    })
  },

  async dropPrice({ core, workspace, params }) {
    const id = idOr404('prc', params.price)
    await inTransaction(core.pool, async sql => {
      await sql.query('select from workspace where id = $1 for no key update', [workspace.id])
      if (!(await dropPrice(sql, workspace.id, id))) throw notFound('prc')
      await publishWorld(sql, core, workspace.id)
    })
    return { ok: true as const }
  },

  async addCurrencyRate({ core, workspace, caller, body }) {
    if (body.currency === workspace.currency)
      throw invalid('currency', 'This is the workspace’s own currency', 'Choose another one.')
    if (!(await addRate(core.pool, workspace.id, body, actorOf(caller))))
      throw new Problem(409, 'rate_there', `There is a rate of ${body.currency} from that day on already`, {
        path: 'from',
        action: 'A rate never changes: say a new one from another day on.',
      })
    return { ok: true as const }
  },
} satisfies Handlers
