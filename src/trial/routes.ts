// Handlers of trying a journey out, and of the question why.
import { attributesOf } from '../catalogue/attribute-store.ts'
import { madeUp } from '../journeys/simulate-start.ts'
import { simulate } from '../journeys/simulate.ts'
import type { SimAction, SimStart } from '../journeys/walk.ts'
import { findJourney } from '../journeys/store.ts'
import { actorOf, type Call, type Handlers } from '../platform/http/handler.ts'
import { rowsById } from '../customers/list.ts'
import { demandScope } from '../platform/http/session.ts'
import { idOr404 } from '../platform/public-id.ts'
import { limitsNow } from './limits-now.ts'
import { presentReplay, presentResult, sampleOf } from './replay-present.ts'
import { cancelReplay, findReplay, queueReplay, replaysOf } from './replay-store.ts'
import {
  channelsWithAccount,
  editedWorld,
  maskable,
  presentWalk,
  realPerson,
  walkable,
  worldFor,
} from './simulation.ts'
import { whyCustomer } from './why.ts'
import { workspaceNow } from '../catalogue/workspace.ts'

const replayOf = ({ core, workspace, params }: Pick<Call<'replay'>, 'core' | 'workspace' | 'params'>) =>
  findReplay(
    core.pool,
    workspace.id,
    idOr404('jrn', params.journey, 'journey'),
    idOr404('rpl', params.replay, 'replay'),
  )

export const trialRoutes = {
  whyCustomer: ({ core, workspace, params, query }) =>
    whyCustomer(core, workspace, idOr404('cus', params.customer), {
      ...(query.journey === undefined ? {} : { journey: idOr404('jrn', query.journey, 'journey') }),
      ...(query.message === undefined ? {} : { message: idOr404('msg', query.message, 'message') }),
      ...(query.node === undefined ? {} : { node: query.node }),
    }),

  async simulateJourney({ core, workspace, params, body, caller, scopes }) {
    if ('customer' in body.person) demandScope({ workspace, caller, scopes }, 'customers:read')
    const journey = await findJourney(core.pool, workspace.id, idOr404('jrn', params.journey))
    const graph = walkable(body.graph ?? journey.draft)
    const world = await worldFor(core.pool, workspace.id, journey, graph, body.beside)
    const at = body.at === undefined ? workspaceNow(workspace) : Date.parse(body.at)
    const made = 'madeUp' in body.person ? madeUp(body.person.madeUp, world, at) : null
    const { person, facts } =
      made === null
        ? await realPerson(
            core,
            workspace,
            world,
            journey.id,
            idOr404('cus', (body.person as { customer: string }).customer, 'person.customer'),
          )
        : { person: made.state, facts: made.facts }
    const start: SimStart = {
      world,
      journey: journey.id,
      person,
      facts,
      at,
      workspace: { name: workspace.name, locale: workspace.locale },
      endings: body.endings,
      channels: await channelsWithAccount(core.pool, workspace.id),
    }
    const walk = simulate(start, body.actions as SimAction[])
    return presentWalk(walk, start, made === null ? await limitsNow(core, world, person.id, walk) : null)
  },

  async simulationStart({ core, workspace, params }) {
    const journey = await findJourney(core.pool, workspace.id, idOr404('jrn', params.journey))
    return {
      at: new Date(workspaceNow(workspace)).toISOString(),
      workspace: { name: workspace.name, locale: workspace.locale },
      channels: await channelsWithAccount(core.pool, workspace.id),
      journey: { uuid: journey.id, version: (journey.liveVersion ?? 0) + 1 },
      // what is being edited may be half done: the page puts it in, and says what is wrong with it
      world: await editedWorld(core.pool, workspace.id, journey),
    }
  },

  async simulationPerson({ core, workspace, params }) {
    const journey = await findJourney(core.pool, workspace.id, idOr404('jrn', params.journey, 'journey'))
    const world = await editedWorld(core.pool, workspace.id, journey)
    const id = idOr404('cus', params.customer, 'customer')
    const { person } = await realPerson(core, workspace, world, journey.id, id)
    return maskable(person, await attributesOf(core.pool, workspace.id))
  },

  async startReplay({ core, workspace, params, body, caller, setStatus }) {
    const journey = await findJourney(core.pool, workspace.id, idOr404('jrn', params.journey))
    const id = await queueReplay(core.pool, {
      workspace: workspace.id,
      journey: journey.id,
      days: body.days,
      graph: walkable(body.graph ?? journey.draft),
      liveVersion: journey.liveVersion,
      by: actorOf(caller),
      at: workspaceNow(workspace),
    })
    core.signals.emit('replay')
    core.signals.emit('live', `${workspace.id}:replays`)
    setStatus(202)
    return presentReplay(await findReplay(core.pool, workspace.id, journey.id, id))
  },

  async replays({ core, workspace, params }) {
    const journey = await findJourney(core.pool, workspace.id, idOr404('jrn', params.journey))
    return { items: (await replaysOf(core.pool, workspace.id, journey.id)).map(presentReplay) }
  },

  async replay(call) {
    const row = await replayOf(call)
    const { core, workspace } = call
    return { ...presentReplay(row), result: await presentResult(core.pool, row, workspace) }
  },

  async replayPeople(call) {
    const { core, workspace, query } = call
    const ids = sampleOf(await replayOf(call), query.of, query.figure)
    const rows = await rowsById(core.pool, workspace, ids)
    return { items: ids.flatMap(id => rows.get(id) ?? []) }
  },

  async cancelReplay(call) {
    const { core, workspace } = call
    await cancelReplay(core.pool, workspace.id, (await replayOf(call)).id, workspaceNow(workspace))
    core.signals.emit('live', `${workspace.id}:replays`)
    return { ok: true as const }
  },
} satisfies Handlers
