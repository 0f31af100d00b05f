// What an event is called in the language at hand: as the workspace named it, else the product's own words (they are short), else those
// of a preset, else the name that clients post.
import { useMemo } from 'react'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { i18n, word } from '../i18n.ts'
import { useSay } from '../use.ts'

type Known = Out<'vocabulary'>['events'][number]

export function sayEvent(
  name: string,
  known: Pick<Known, 'label' | 'named'> | undefined,
  side: 'zh' | 'en',
): string {
  if (known?.named) return known.label[side]
  return i18n.exists(`fact.${name.replaceAll('.', '_')}`) ? word('fact', name) : (known?.label[side] ?? name)
}

/** The events that are known, and what each of any is called. */
export function useEvents(ws: string): { events: Known[]; labelOf: (name: string) => string } {
  const side = useSay().locale === 'en' ? 'en' : 'zh'
  const { data } = useApi('vocabulary', { ws })
  return useMemo(() => {
    const events = data?.events ?? []
    const known = new Map(events.map(e => [e.name, e]))
    return { events, labelOf: (name: string) => sayEvent(name, known.get(name), side) }
  }, [data, side])
}

export const useEventLabel = (ws: string): ((name: string) => string) => useEvents(ws).labelOf
