// What the others are told once a fold is committed: who else has mail, what may be sent, which answers are there, which
// open pages show something that has changed.
import type { Uuid } from '../platform/ids.ts'
import type { Signals } from '../platform/signals.ts'
import type { Folded } from './fold-model.ts'
import type { Written } from './write.ts'

/** Effects that may end messages of the ledger, whose outcomes are inputs then. */
const ENDS_SENDS: ReadonlySet<string> = new Set(['cancel', 'merged', 'stop_sends'])

/** Detail of the signal `journal` by which who waits for history says so. */
export const HISTORY_AWAITED = 'awaited'

/** Call it at each look for something that history must have first: it rests less meanwhile. */
export const awaitHistory = (signals: Signals): void => signals.emit('journal', HISTORY_AWAITED)

/** Pages that show the past of these workspaces ask for it again. */
export function tellEvents(signals: Signals, workspaces: Iterable<Uuid>): void {
  for (const workspace of new Set(workspaces)) signals.emit('live', workspace + ':events')
}

/** After the commit only: who is told looks at once. */
export function announce(signals: Signals, folded: Folded, written: Written): void {
  if (folded.shifts.length > 0) signals.emit('message')
  else for (const bucket of written.messages) signals.emit('message', String(bucket))
  for (const key of written.answers) signals.emit('answer', key)
  for (const bucket of written.posted) signals.emit('inbox', String(bucket))
  for (const workspace of written.noticed) signals.emit('live', workspace + ':notices')
  for (const workspace of written.talked) signals.emit('live', workspace + ':conversations')
  for (const customer of written.moved) signals.emit('holder', customer)
  signals.emit('journal')
  for (const workspace of new Set(folded.segments.map(s => s.workspace)))
    signals.emit('live', workspace + ':customers')
  if (folded.works.some(w => w.effects.some(e => ENDS_SENDS.has(e.kind)))) signals.emit('inbox')
}
