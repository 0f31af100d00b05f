// What the team says of many people at once: tags and lists. Pure.
import type { NoteBody } from '../inbox/model.ts'
import { setListed } from '../segments/fold.ts'
import { admitPresent } from '../journeys/entry.ts'
import { derive, type Fold } from './fold.ts'
import { addTag, removeTag, type Source } from './profile.ts'

export function foldNote(fold: Fold, body: NoteBody): void {
  const source: Source = { at: body.at ?? fold.t, src: body.src, proof: 'server' }
  if (body.do === 'add_tag') addTag(fold, body.tag, source, { actor: body.actor, until: body.until ?? null })
  else if (body.do === 'remove_tag') removeTag(fold, body.tag, source, body.actor)
  else if (body.do === 'list') setListed(fold, body.n, body.on, body)
  else if (body.do === 'tell') derive(fold, body.name, body.props)
  else admitPresent(fold, body.journey, body.asOf)
}
