// What an endpoint says of a customer, told as an event: cleaned like any other, for whom it is, put into their inbox.
import { customerOr404 } from '../customers/store.ts'
import { append } from '../inbox/append.ts'
import type { EventBody } from '../inbox/model.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import type { cleanItem } from './clean.ts'
import { resolveBatch, resolvedEvent } from './resolve.ts'

/** @throws Problem 400 with the intake's code */
export function cleanedEvent(cleaned: ReturnType<typeof cleanItem>): EventBody {
  if (!('fault' in cleaned)) return cleaned.event
  const { code, detail, path, action } = cleaned.fault
  throw new Problem(400, code, detail, { ...(path === null ? {} : { path }), action })
}

/** Returns whose it is. @param customer by public id; left out: by the identifiers of the event. @throws Problem 404 */
export async function tellEvent(
  core: Core,
  workspace: Uuid,
  customer: string | undefined,
  event: EventBody,
): Promise<Uuid> {
  const placed = await placeOf(core, workspace, customer, event)
  await append(core.pool, null, [
    {
      workspace,
      customer: placed.customer,
      input: { kind: 'event', messageId: event.messageId, body: placed.event },
    },
  ])
  core.signals.emit('inbox', String(bucketOf(placed.customer)))
  return placed.customer
}

async function placeOf(
  core: Core,
  workspace: Uuid,
  customer: string | undefined,
  event: EventBody,
): Promise<{ customer: Uuid; event: EventBody }> {
  if (customer !== undefined)
    return { customer: (await customerOr404(core.pool, workspace, customer)).id, event }
  const [found] = await resolveBatch(core, [{ workspace, ids: event.ids, proof: event.proof }])
  return { customer: found!.customer, event: resolvedEvent(event, found!) }
}
