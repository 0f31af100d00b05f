// ECharts, only what is used of it: this file is loaded when the first chart is shown.
import { useComputedColorScheme } from '@mantine/core'
import { useReducedMotion } from '@mantine/hooks'
import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use, type EChartsType } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import type { ChartProps, Series } from './chart.tsx'

use([BarChart, LineChart, GridComponent, TooltipComponent, LegendComponent, SVGRenderer])

/** The value of a colour of the theme. */
const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** A day without its year: the range says that. */
const short = (category: string): string =>
  /^\d{4}-\d{2}-\d{2}$/.test(category)
    ? `${Number(category.slice(5, 7))}/${Number(category.slice(8, 10))}`
    : category

function optionOf({ categories, series }: ChartProps, still: boolean) {
  const text = colour('--mantine-color-dimmed')
  const line = colour('--app-line')
  const palette = ['--app-accent', '--app-good', '--app-wait'].map(colour)
  const axis = (s: Series | undefined, side: 'left' | 'right') => ({
    type: 'value' as const,
    position: side,
    splitNumber: 4,
    minInterval: 1,
    axisLabel: { color: text, formatter: (v: number) => s?.say(v) ?? '' },
    splitLine: { show: side === 'left', lineStyle: { color: line } },
  })
  const right = series.find(s => s.right)
  return {
    animation: !still,
    animationDuration: 150,
    color: palette,
    textStyle: { fontFamily: 'inherit' },
    grid: { left: 8, right: 8, top: series.length > 1 ? 34 : 12, bottom: 4, containLabel: true },
    legend: {
      show: series.length > 1,
      top: 0,
      left: 0,
      itemWidth: 14,
      itemHeight: 9,
      textStyle: { color: text },
    },
    tooltip: {
      trigger: 'axis' as const,
      confine: true,
      backgroundColor: colour('--app-card'),
      borderColor: line,
      textStyle: { color: colour('--mantine-color-text'), fontSize: 12 },
    },
    xAxis: {
      type: 'category' as const,
      data: categories,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: line } },
      axisLabel: { color: text, hideOverlap: true, formatter: short },
    },
    yAxis: [
      axis(
        series.find(s => !s.right),
        'left',
      ),
      ...(right ? [axis(right, 'right')] : []),
    ],
    series: series.map(s => ({
      name: s.name,
      type: s.kind,
      data: s.values,
      yAxisIndex: s.right ? 1 : 0,
      barMaxWidth: 56,
      stack: s.stack,
      itemStyle: {
        ...(s.kind === 'bar' && !s.stack ? { borderRadius: [3, 3, 0, 0] } : {}),
        ...(s.tone ? { color: colour(`--app-${s.tone}`) } : {}),
      },
      lineStyle: s.tone ? { color: colour(`--app-${s.tone}`) } : {},
      symbolSize: 6,
      showSymbol: s.values.length < 40,
      tooltip: { valueFormatter: (v: unknown) => (typeof v === 'number' ? s.say(v) : '—') },
    })),
  }
}

export default function DrawnChart(props: ChartProps & { height: number }) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType | null>(null)
  const scheme = useComputedColorScheme()
  const still = useReducedMotion()
  useEffect(() => {
    const element = box.current
    if (!element) return
    const made = init(element, null, { renderer: 'svg' })
    chart.current = made
    const sizes = new ResizeObserver(() => made.resize())
    sizes.observe(element)
    return () => {
      sizes.disconnect()
      made.dispose()
    }
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another scheme means other colours of the same names
  useEffect(() => chart.current?.setOption(optionOf(props, still), true), [props, still, scheme])
  return <div ref={box} role="img" aria-label={props.label} style={{ width: '100%', height: props.height }} />
}
