// A chart of categories: bars and lines, drawn by ECharts in a chunk of its own; the same numbers as a table on demand.
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
// biome-ignore-all lint/a11y/useSemanticElements: see above
import { Button, Group, Skeleton } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

export type Series = {
  name: string
  kind: 'bar' | 'line'
  values: (number | null)[]
  /** as the axis, the hint and the table say a value */
  say: (value: number) => string
  /** a line over bars of another unit has an axis of its own at the right */
  right?: boolean
  /** a colour of the theme with its meaning; without one the next of the palette */
  tone?: 'accent' | 'good' | 'skip'
  /** bars with the same word stand on each other */
  stack?: string
}
export type ChartProps = {
  label: string
  axis: string
  categories: string[]
  series: Series[]
  height?: number
}

const Drawn = lazy(() => import('./drawn-chart.tsx'))

export function Chart(props: ChartProps) {
  const { t } = useTranslation()
  const [table, setTable] = useState(false)
  const height = props.height ?? 260
  return (
    <>
      {table ? (
        <div
          className="table-scroll"
          style={{ maxHeight: height, overflowY: 'auto' }}
          tabIndex={0}
          role="region"
          aria-label={props.label}
        >
          <table className="table">
            <thead>
              <tr>
                <th>{props.axis}</th>
                {props.series.map(s => (
                  <th key={s.name} className="end">
                    {s.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {props.categories.map((category, i) => (
                <tr key={category}>
                  <td>{category}</td>
                  {props.series.map(s => {
                    const value = s.values[i]
                    return (
                      <td key={s.name} className="end">
                        {value === null || value === undefined ? '—' : s.say(value)}
                      </td>
                    )
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <Suspense fallback={<Skeleton height={height} />}>
          <Drawn {...props} height={height} />
        </Suspense>
      )}
      <Group justify="flex-end">
        <Button size="compact-xs" variant="subtle" aria-pressed={table} onClick={() => setTable(!table)}>
          {t('metrics.asTable')}
        </Button>
      </Group>
    </>
  )
}
