// Putting nodes in: new ones from the palette, copies from the clipboard.
import { type RefObject, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { JourneyGraph } from '../../../src/journeys/model.ts'
import { word } from '../../i18n.ts'
import { clipText, copy, duplicate, paste, readClip } from '../editor/clip.ts'
import { insert } from '../editor/ops.ts'
import type { Spot } from '../editor/ways.ts'
import { nodeSay } from '../say/register.ts'
import { type Point, type Shape, START } from './shape.ts'

const LETTERS = 'abcdefghjkmnpqrstvwxyz23456789'

/** A name that no other node has had: people on older versions stand at nodes by these names. */
export function newId(type: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(5))
  return `${type}_${[...bytes].map(b => LETTERS[b % LETTERS.length]).join('')}`
}

export function useInsert(
  graph: JourneyGraph,
  shape: Shape,
  made: (graph: JourneyGraph, ids: string[], first: string) => void,
) {
  const { t } = useTranslation()
  return {
    insertType(type: string, spots: Spot[], place?: Point) {
      const next = insert(graph, spots, type, nodeSay(type).begin(), () => newId(type), place)
      made(next.graph, [next.node], next.node)
    },
    /** The ways on which something goes after a box; null: at the first end that there is. */
    waysAfter(id: string | null): { spots: Spot[]; name: string }[] {
      const lines =
        id === null
          ? shape.lines.filter(l => l.to.startsWith('end:') || l.to.startsWith('open:')).slice(0, 1)
          : shape.lines.filter(l => l.from === id)
      return lines.map(l => ({
        spots: l.spots,
        name:
          l.from === START ? t('journeys.trigger') : l.ports.map(p => word('port', p)).join(t('say.list')),
      }))
    },
  }
}

/** Copy, cut and paste of the browser itself, while the canvas has the focus. */
export function useClipboard(on: {
  section: RefObject<HTMLElement | null>
  graph: JourneyGraph
  selected: ReadonlySet<string>
  editable: boolean
  spotAfter: () => Spot | null
  paste: (graph: JourneyGraph, ids: string[]) => void
  cut: () => void
}) {
  const latest = useRef(on)
  latest.current = on
  useEffect(() => {
    const ours = (): boolean => {
      const at = document.activeElement
      const canvas = latest.current.section.current
      return (
        canvas !== null &&
        (at === document.body || canvas.contains(at)) &&
        !at?.matches('input, textarea, select') &&
        (document.getSelection()?.isCollapsed ?? true)
      )
    }
    const copied = (event: ClipboardEvent) => {
      const { graph, selected, editable, cut } = latest.current
      const clip = ours() ? copy(graph, [...selected]) : null
      if (!clip) return
      event.clipboardData?.setData('text/plain', clipText(clip))
      event.preventDefault()
      if (event.type === 'cut' && editable) cut()
    }
    const pasted = (event: ClipboardEvent) => {
      const { graph, editable, spotAfter, paste: take } = latest.current
      const clip = ours() && editable ? readClip(event.clipboardData?.getData('text/plain') ?? '') : null
      if (!clip) return
      event.preventDefault()
      const next = paste(graph, clip, spotAfter(), () => newId('copy'))
      take(next.graph, next.all)
    }
    document.addEventListener('copy', copied)
    document.addEventListener('cut', copied)
    document.addEventListener('paste', pasted)
    return () => {
      document.removeEventListener('copy', copied)
      document.removeEventListener('cut', copied)
      document.removeEventListener('paste', pasted)
    }
  }, [])
  return {
    duplicate() {
      const next = duplicate(on.graph, [...on.selected], () => newId('copy'))
      if (next) on.paste(next.graph, next.all)
    },
  }
}
