// What an app tells of our notifications: one arrived, or was tapped. The app repeats the message's id that came with it
// (docs/CHANNELS.md).
import { MESSAGE_DATA } from '../channels/adapters/fcm.ts'
import type { Receipt } from '../channels/adapter.ts'
import type { EventBody } from '../inbox/model.ts'
import { parseId } from '../platform/ids.ts'

const STATES: Record<string, Receipt['state']> = {
  'Push Notification Received': 'delivered',
  'Push Notification Tapped': 'clicked',
}

/** @param now real ms: receipts are in the provider's time */
export function tapsIn(events: EventBody[], now: number): Receipt[] {
  const found: Receipt[] = []
  for (const { name, props } of events) {
    if (!name.startsWith('Push Notification ') || !Object.hasOwn(STATES, name)) continue
    const said = props?.[MESSAGE_DATA]
    const message = typeof said === 'string' ? parseId('msg', said) : null
    if (message !== null) found.push({ message, state: STATES[name]!, at: now })
  }
  return found
}
