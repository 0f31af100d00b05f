// What stands against publishing, found while one draws; each leads to its node.
import { Button, Popover } from '@mantine/core'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { useDeferredValue, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { GraphProblem, JourneyGraph } from '../../../src/journeys/model.ts'
import { validateGraph } from '../../../src/journeys/validate.ts'
import { useSay } from '../../use.ts'
import { nodeTitle } from '../in-words.ts'
import { START } from './shape.ts'

/** What only the server finds: templates, and names that the workspace does not have. */
const ASKED: ReadonlySet<string> = new Set([
  'bad_template',
  'unknown_attribute',
  'wrong_type',
  'unknown_segment',
  'unknown_group',
])

/** The faults of the graph as it is drawn, and those that only the server finds, as it was saved. */
export function useProblems(graph: JourneyGraph, saved: GraphProblem[]): GraphProblem[] {
  const settled = useDeferredValue(graph)
  return useMemo(() => {
    const found = validateGraph(settled).problems
    const only = saved.filter(p => ASKED.has(p.code) && (p.node === null || p.node in settled.nodes))
    return [...found, ...only]
  }, [settled, saved])
}

export function useProblemTexts(problems: GraphProblem[]): Map<string, string> {
  const { locale } = useSay()
  return useMemo(() => {
    const texts = new Map<string, string>()
    for (const p of problems) {
      const at = p.node ?? (p.path.startsWith('/trigger') ? START : '')
      const said = locale === 'en' ? p.message.en : p.message.zh
      texts.set(at, texts.has(at) ? `${texts.get(at)}; ${said}` : said)
    }
    return texts
  }, [problems, locale])
}

export function ProblemList({
  graph,
  problems,
  go,
}: {
  graph: JourneyGraph
  problems: GraphProblem[]
  go: (problem: GraphProblem) => void
}) {
  const { t } = useTranslation()
  const { locale } = useSay()
  const side = locale === 'en' ? 'en' : 'zh'
  if (problems.length === 0)
    return (
      <span className="tone-good problems-none">
        <IconCheck size={15} aria-hidden /> {t('canvas.noProblems')}
      </span>
    )
  return (
    <Popover position="top-start" withinPortal shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          leftSection={<IconAlertTriangle size={15} aria-hidden />}
        >
          {t('canvas.problems', { n: problems.length })}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={4} aria-label={t('journeys.problems')}>
        <ul className="plain-inline problem-list">
          {problems.map(p => {
            const node = p.node === null ? undefined : graph.nodes[p.node]
            return (
              <li key={`${p.node} ${p.path} ${p.code}`}>
                <button type="button" className="problem" onClick={() => go(p)}>
                  <b>
                    {node
                      ? nodeTitle(node)
                      : t(p.path.startsWith('/trigger') ? 'journeys.trigger' : 'common.journey')}
                  </b>
                  <span>{p.message[side]}</span>
                  {p.alternative ? <span className="dim">{p.alternative[side]}</span> : null}
                </button>
              </li>
            )
          })}
        </ul>
      </Popover.Dropdown>
    </Popover>
  )
}
