// POST …/enroll: a call of another system becomes an event of the customer, by which the journey's trigger lets them in.
import { cleanItem, serverContext } from './clean.ts'
import { cleanedEvent, tellEvent } from './tell.ts'
import type { EventBody } from '../inbox/model.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Handlers } from '../platform/http/handler.ts'
import { hashId, newId, publicId } from '../platform/ids.ts'
import { idOr404 } from '../platform/public-id.ts'
import { findJourney } from '../journeys/store.ts'
import { CALLED } from '../journeys/triggers/api.ts'

type Body = Parameters<NonNullable<Handlers['enrollByApi']>>[0]['body']

/** The call as a server would have sent it, cleaned like any event.
 *  @throws Problem 400 with the intake's code */
function eventOf(body: Body, journey: string, actor: string, timezone: string): EventBody {
  const { customer, userId, email, phone, lineUid, cardNo, anonymousId, traits, props } = body
  const contacts = { ...traits, email, phone, line_uid: lineUid, card_no: cardNo }
  const known = Object.fromEntries(Object.entries(contacts).filter(([, value]) => value !== undefined))
  const cleaned = cleanItem(
    {
      type: 'track',
      event: 'Journey Called',
      userId,
      anonymousId: anonymousId ?? (customer === undefined ? undefined : 'customer'),
      properties: { ...props, journey },
      context: { traits: known },
    },
    serverContext(actor, timezone),
  )
  const event = cleanedEvent(cleaned)
  return {
    ...event,
    type: 'system',
    name: CALLED,
    messageId: body.id === undefined ? newId() : hashId('enroll', journey, body.id),
    ...(Object.keys(known).length > 0 ? { traits: known } : {}),
    ...(customer === undefined ? {} : { ids: [] }),
  }
}

export const enrollRoutes = {
  async enrollByApi({ core, workspace, params, body, caller }) {
    const id = idOr404('jrn', params.journey)
    const journey = await findJourney(core.pool, workspace.id, id)
    if (journey.status !== 'live' || journey.live === null)
      throw new Problem(409, 'journey_not_live', 'The journey is not live', {
        action: 'Publish it, or resume it, then call again.',
      })
    if (journey.live.trigger.kind !== 'api')
      throw new Problem(409, 'not_by_api', 'This journey starts by something else', {
        action: 'Choose the trigger “API” and publish; a single customer can be enrolled on their page.',
      })
    const event = eventOf(body, publicId('jrn', id), actorOf(caller), workspace.timezone)
    const customer = await tellEvent(core, workspace.id, body.customer, event)
    return { customer: publicId('cus', customer), accepted: true as const }
  },
} satisfies Handlers
