// What of the canvas is in view, and which card has the focus.
import type { ReactFlowInstance } from '@xyflow/react'
import { type RefObject, useEffect, useState } from 'react'
import { type Box, type Shape, START } from './shape.ts'

const MARGIN = 20

/** Moves the canvas when the box is not wholly in view; the zoom stays. */
export function bringIntoView(flow: ReactFlowInstance, section: HTMLElement, box: Box): void {
  const view = section.querySelector('.react-flow')?.getBoundingClientRect()
  if (!view) return
  const a = flow.flowToScreenPosition({ x: box.x, y: box.y })
  const b = flow.flowToScreenPosition({ x: box.x + box.width, y: box.y + box.height })
  const inside =
    a.x >= view.left + MARGIN &&
    a.y >= view.top + MARGIN &&
    b.x <= view.right - MARGIN &&
    b.y <= view.bottom - MARGIN
  if (!inside)
    void flow.setCenter(box.x + box.width / 2, box.y + box.height / 2, {
      zoom: flow.getZoom(),
      duration: 120,
    })
}

/** Gives the focus to a card, which may be drawn only some frames later. */
export function useFocus(
  section: RefObject<HTMLElement | null>,
  focused: (id: string) => void,
): (id: string) => void {
  const [wanted, want] = useState<{ id: string } | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new wish begins the search anew
  useEffect(() => {
    if (wanted === null) return
    let frames = 30
    let frame = 0
    const look = () => {
      const card = section.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(wanted.id)}"]`)
      if (card) {
        card.focus({ preventScroll: true })
        focused(wanted.id)
      } else if (--frames > 0) frame = requestAnimationFrame(look)
    }
    frame = requestAnimationFrame(look)
    return () => cancelAnimationFrame(frame)
  }, [wanted])
  return id => want({ id })
}

const FOCUSABLE =
  'input:not([type="hidden"]):not(:disabled), textarea, select, button:not(:disabled), [tabindex="0"]'

/** Gives the focus to the first field of the panel that is being opened. */
export function focusPanel(): void {
  let frames = 60
  const look = () => {
    const field = document.querySelector<HTMLElement>(`[data-panel-form] :is(${FOCUSABLE})`)
    if (field) field.focus()
    else if (--frames > 0) requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

/** From the top at a size that can be read, rather than all at once in letters too small; where it is wider than the canvas even
 *  so, with its beginning in the middle. */
export function showReadable(
  instance: ReactFlowInstance,
  section: HTMLElement | null,
  { width, boxes }: Shape,
): void {
  const canvas = section?.querySelector('.react-flow')?.clientWidth ?? width
  const zoom = Math.min(1, Math.max(0.7, canvas / (width + 40)))
  const start = boxes.find(b => b.id === START)
  const middle = start && width * zoom > canvas ? start.x + start.width / 2 : width / 2
  void instance.setViewport({ x: canvas / 2 - middle * zoom, y: 8, zoom })
}
