// The picture of a rich menu with its tap areas: chosen, dragged, moved and resized by pointer or keys. Numbers are the
// picture's own pixels; what is drawn is as large as there is room.
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import './line.css'

type Menu = Out<'lineMenus'>['items'][number]['menu']
export type Area = Menu['areas'][number]
type Bounds = Area['bounds']

const STEP = 10
/** Smallest side of an area that a finger finds. */
const LEAST = 40

const clamp = (n: number, min: number, max: number): number => Math.round(Math.min(Math.max(n, min), max))

/** Moved or resized, and inside the menu. */
export function within(b: Bounds, size: Menu['size']): Bounds {
  const width = clamp(b.width, LEAST, size.width)
  const height = clamp(b.height, LEAST, size.height)
  return { width, height, x: clamp(b.x, 0, size.width - width), y: clamp(b.y, 0, size.height - height) }
}

const KEYS: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
}

export function AreaPicture({
  size,
  url,
  areas,
  chosen,
  choose,
  change,
}: {
  size: Menu['size']
  url: string | null
  areas: Area[]
  chosen: number
  choose: (index: number) => void
  change: (index: number, bounds: Bounds) => void
}) {
  const { t } = useTranslation()
  const frame = useRef<HTMLDivElement>(null)
  const drag = useRef<{ index: number; x: number; y: number; from: Bounds; resize: boolean } | null>(null)
  const scale = () => (frame.current ? size.width / frame.current.clientWidth : 1)
  const percent = (n: number, of: number) => `${(100 * n) / of}%`
  return (
    <div
      ref={frame}
      className="menu-picture"
      style={{ aspectRatio: `${size.width} / ${size.height}` }}
      onPointerMove={e => {
        const d = drag.current
        if (!d) return
        const [dx, dy] = [(e.clientX - d.x) * scale(), (e.clientY - d.y) * scale()]
        const next = d.resize
          ? { ...d.from, width: d.from.width + dx, height: d.from.height + dy }
          : { ...d.from, x: d.from.x + dx, y: d.from.y + dy }
        change(d.index, within(next, size))
      }}
      onPointerUp={() => (drag.current = null)}
    >
      {url ? <img src={url} alt="" draggable={false} /> : null}
      {areas.map(({ bounds: b }, i) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: areas have no other name
          key={i}
          type="button"
          className={i === chosen ? 'menu-area chosen' : 'menu-area'}
          aria-pressed={i === chosen}
          aria-label={t('line.area', { n: i + 1 })}
          style={{
            left: percent(b.x, size.width),
            top: percent(b.y, size.height),
            width: percent(b.width, size.width),
            height: percent(b.height, size.height),
          }}
          onClick={() => choose(i)}
          onPointerDown={e => {
            choose(i)
            const box = e.currentTarget.getBoundingClientRect()
            const corner = box.right - e.clientX < 16 && box.bottom - e.clientY < 16
            drag.current = { index: i, x: e.clientX, y: e.clientY, from: b, resize: corner }
          }}
          onKeyDown={e => {
            const by = KEYS[e.key]
            if (!by) return
            e.preventDefault()
            choose(i)
            const [dx, dy] = by
            const next = e.shiftKey
              ? { ...b, width: b.width + dx, height: b.height + dy }
              : { ...b, x: b.x + dx, y: b.y + dy }
            change(i, within(next, size))
          }}
        >
          {i + 1}
        </button>
      ))}
    </div>
  )
}

/** The menu cut into equal areas, from left to right and from the top; what the first ones did stays. */
export function splitEvenly(size: Menu['size'], columns: number, rows: number, before: Area[]): Area[] {
  return Array.from({ length: columns * rows }, (_, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)]
    const left = Math.round((size.width * column) / columns)
    const top = Math.round((size.height * row) / rows)
    return {
      bounds: {
        x: left,
        y: top,
        width: Math.round((size.width * (column + 1)) / columns) - left,
        height: Math.round((size.height * (row + 1)) / rows) - top,
      },
      action: before[i]?.action ?? { type: 'uri', uri: '' },
    }
  })
}
