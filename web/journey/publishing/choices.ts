// What may be chosen for people at one node, as values of a select, and the moves that choices stand for. Pure.
import type { JourneyGraph, Move } from '../../../src/journeys/model.ts'
import type { Place } from '../../../src/journeys/versions/planner.ts'
import { word } from '../../i18n.ts'
import type { Say } from '../../use.ts'
import { nodeTitle } from '../in-words.ts'

export type Choices = Record<string, string>
export const keyOf = (place: Pick<Place, 'version' | 'node'>): string => `${place.version} ${place.node}`

type Option = { value: string; label: string }
type Group = { group: string; items: Option[] }

export function optionsOf(place: Place, graph: JourneyGraph, say: Say): Group[] {
  const { t } = say
  const title = (id: string): string => {
    const data = graph.nodes[id]
    return data ? nodeTitle(data) : id
  }
  const others = Object.keys(graph.nodes).filter(id => !(place.stays && id === place.node))
  return [
    {
      group: t('planner.groupStay'),
      items: [
        { value: 'pin', label: t('planner.pin', { version: place.version }) },
        ...(place.stays ? [{ value: `move:${place.node}`, label: t('planner.stays') }] : []),
        ...place.catchUp.map(id => ({
          value: `catch_up:${id}`,
          label: t('planner.catchUp', { node: title(id) }),
        })),
      ],
    },
    {
      group: t('planner.groupGo'),
      items: [
        ...place.ports.map(port => ({
          value: `release:${port}`,
          label: t('planner.release', { port: word('port', port) }),
        })),
        { value: 'exit', label: t('planner.exit') },
      ],
    },
    {
      group: t('planner.groupMove'),
      items: others.map(id => ({ value: `move:${id}`, label: t('planner.moveTo', { node: title(id) }) })),
    },
  ].filter(g => g.items.length > 0)
}

function moveOf(place: Place, choice: string): Move | null {
  const at = { from: place.version, node: place.node }
  const [what, ...rest] = choice.split(':')
  const name = rest.join(':')
  switch (what) {
    case 'move':
      return { ...at, do: 'move', to: name }
    case 'catch_up':
      return { ...at, do: 'catch_up', to: name }
    case 'release':
      return { ...at, do: 'release', port: name }
    case 'exit':
      return { ...at, do: 'exit' }
    default:
      return null
  }
}

export const movesOf = (places: Place[], choices: Choices): Move[] =>
  places.flatMap(place => moveOf(place, choices[keyOf(place)] ?? 'pin') ?? [])

/** The choices that these moves were made by. */
export const choicesOf = (moves: Move[]): Choices =>
  Object.fromEntries(
    moves.map(m => [
      keyOf({ version: m.from, node: m.node }),
      m.do === 'exit' ? 'exit' : m.do === 'release' ? `release:${m.port}` : `${m.do}:${m.to}`,
    ]),
  )

/** One choice for all who can have it; the others stay. */
export const allOf = (places: Place[], choose: (place: Place) => string | null): Choices =>
  Object.fromEntries(places.map(place => [keyOf(place), choose(place) ?? 'pin']))
