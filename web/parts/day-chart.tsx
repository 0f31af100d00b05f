// Events (bars) and messages (line of dots) per day, drawn as SVG; the same numbers as a table for readers of screens.
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
// biome-ignore-all lint/a11y/useSemanticElements: see above
import { useState } from 'react'
import { Button } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { useSay } from '../use.ts'

const H = 190
const PAD = { left: 44, right: 8, top: 10, bottom: 24 }

/** A round number at or above `n`, half of which is whole. */
function niceTop(n: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, n)))
  if (power < 10) return Math.max(2, Math.ceil(n / 2) * 2)
  return [1, 1.2, 1.6, 2, 3, 4, 6, 8, 10].map(f => f * power).find(v => v >= n) ?? n
}

export function DayChart({ days }: { days: { day: string; events: number; messages: number }[] }) {
  const { t } = useTranslation()
  const say = useSay()
  const [table, setTable] = useState(false)
  // drawn as wide as it is: letters keep their size
  const { ref, width } = useElementSize<HTMLDivElement>()
  const W = Math.max(240, width || 480)
  const shown = days.slice(-30)
  const top = niceTop(Math.max(1, ...shown.map(d => Math.max(d.events, d.messages))))
  const step = (W - PAD.left - PAD.right) / shown.length
  const y = (v: number) => PAD.top + (H - PAD.top - PAD.bottom) * (1 - v / top)
  const label = (day: string) => `${Number(day.slice(5, 7))}/${Number(day.slice(8, 10))}`
  return (
    <div ref={ref}>
      {table ? (
        <div
          className="table-scroll"
          style={{ maxHeight: H, overflowY: 'auto' }}
          tabIndex={0}
          role="region"
          aria-label={t('home.perDay')}
        >
          <table className="table">
            <thead>
              <tr>
                <th>{t('home.day')}</th>
                <th className="end">{t('home.eventsWord')}</th>
                <th className="end">{t('home.messagesWord')}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(d => (
                <tr key={d.day}>
                  <td>{d.day}</td>
                  <td className="end">{say.count(d.events)}</td>
                  <td className="end">{say.count(d.messages)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <svg viewBox={`0 0 ${W} ${H}`} width={W} height={H} role="img" aria-label={t('home.chart')}>
          {[0, 0.5, 1].map(f => (
            <g key={f}>
              <line
                x1={PAD.left}
                x2={W - PAD.right}
                y1={y(top * f)}
                y2={y(top * f)}
                stroke="var(--app-line)"
              />
              <text
                x={PAD.left - 8}
                y={y(top * f) + 4}
                textAnchor="end"
                fontSize="11"
                fill="var(--mantine-color-dimmed)"
              >
                {say.count(top * f)}
              </text>
            </g>
          ))}
          {shown.map((d, i) => {
            const x = PAD.left + i * step
            return (
              <g key={d.day}>
                <title>{`${d.day} · ${t('home.eventsWord')} ${say.count(d.events)} · ${t('home.messagesWord')} ${say.count(d.messages)}`}</title>
                <rect x={x} y={PAD.top} width={step} height={H - PAD.top - PAD.bottom} fill="transparent" />
                <rect
                  x={x + step * 0.16}
                  width={step * 0.68}
                  y={y(d.events)}
                  height={Math.max(0, y(0) - y(d.events))}
                  rx={2}
                  fill="var(--mantine-color-indigo-5)"
                />
                {d.messages > 0 ? (
                  <circle
                    cx={x + step / 2}
                    cy={y(d.messages)}
                    r={3.2}
                    fill="var(--app-good)"
                    stroke="var(--app-card)"
                  />
                ) : null}
                {(shown.length - 1 - i) % Math.ceil(shown.length / Math.max(3, Math.floor(W / 56))) === 0 ? (
                  <text
                    x={x + step / 2}
                    y={H - 7}
                    textAnchor="middle"
                    fontSize="11"
                    fill="var(--mantine-color-dimmed)"
                  >
                    {label(d.day)}
                  </text>
                ) : null}
              </g>
            )
          })}
        </svg>
      )}
      <div style={{ display: 'flex', gap: 16, alignItems: 'center', fontSize: '0.8rem' }}>
        <span>
          <i
            style={{
              display: 'inline-block',
              width: 10,
              height: 10,
              borderRadius: 2,
              background: 'var(--mantine-color-indigo-5)',
              marginInlineEnd: 5,
            }}
          />
          {t('home.eventsWord')}
        </span>
        <span>
          <i
            style={{
              display: 'inline-block',
              width: 8,
              height: 8,
              borderRadius: '50%',
              background: 'var(--app-good)',
              marginInlineEnd: 5,
            }}
          />
          {t('home.messagesWord')}
        </span>
        <Button
          size="compact-xs"
          variant="subtle"
          ml="auto"
          aria-pressed={table}
          onClick={() => setTable(!table)}
        >
          {t('home.asTable')}
        </Button>
      </div>
    </div>
  )
}
