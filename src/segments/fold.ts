// The segments' part of the reducer: who is in which segment.
import { derive, type Fold } from '../customers/fold.ts'
import { publicId } from '../platform/ids.ts'
import { ONLY, ONLY_GROUP } from './model.ts'

/** Puts the customer on a static list, or takes them off. A list that is not published knows nobody. */
export function setListed(fold: Fold, n: number, on: boolean, by: { actor: string; src: string }): void {
  const { state } = fold
  const list = fold.world.segments?.find(s => s.n === n && s.kind === 'static')
  const held = state.seg?.some(m => m[0] === n) ?? false
  if (list === undefined || held === on) return
  if (on) (state.seg ??= []).push([n, ONLY, fold.t])
  else state.seg = state.seg!.filter(m => m[0] !== n)
  const props = {
    segment: publicId('seg', list.id),
    group: ONLY_GROUP,
    version: list.version,
    cause: 'list',
    actor: by.actor,
    source: by.src,
  }
  derive(fold, on ? 'segment.entered' : 'segment.left', props, { version: list.version })
}
