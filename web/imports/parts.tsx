// What the list and the page of one import share: names of targets, status, counts.
import { Group, Progress, Text } from '@mantine/core'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Badge, Figure } from '../parts/small.tsx'
import { useSay } from '../use.ts'

export type Import = Out<'startImport'>
export type Targets = Out<'importTargets'>
export type Target = Targets['targets'][number]

const TONES = {
  draft: 'skip',
  checking: 'wait',
  ready: 'accent',
  queued: 'wait',
  running: 'wait',
  cancelling: 'wait',
  done: 'good',
  failed: 'bad',
  cancelled: 'skip',
} as const

export const works = (status: Import['status']): boolean =>
  ['checking', 'queued', 'running', 'cancelling'].includes(status)

/** The targets, and their names in the language at hand. */
export function useTargets(ws: string): {
  targets: Targets | undefined
  named(words: { zh: string; en: string }): string
} {
  const { locale } = useSay()
  const query = useApi('importTargets', { ws })
  return { targets: query.data, named: words => (locale === 'zh-TW' ? words.zh : words.en) }
}

export function ImportState({ of }: { of: Import }) {
  const say = useSay()
  return (
    <Group gap="xs" wrap="nowrap">
      <Badge tone={TONES[of.status]}>{word('importStatus', of.status)}</Badge>
      {works(of.status) ? (
        <>
          <Progress value={of.done * 100} w={90} aria-label={word('importStatus', of.status)} animated />
          <Text size="xs" c="dimmed">
            {say.t('imports.percent', { percent: Math.round(of.done * 100) })}
          </Text>
        </>
      ) : null}
    </Group>
  )
}

export function CountsOf({ of }: { of: Import }) {
  const say = useSay()
  const { counts } = of
  return (
    <div className="figures">
      <Figure label={say.t('imports.new')} value={say.count(counts.new)} tone="good" />
      <Figure label={say.t('imports.changed')} value={say.count(counts.changed)} tone="accent" />
      <Figure
        label={say.t('imports.same')}
        value={say.count(counts.same)}
        definition={say.t('imports.sameDef')}
      />
      <Figure
        label={say.t('imports.wrong')}
        value={say.count(counts.wrong)}
        tone={counts.wrong > 0 ? 'bad' : undefined}
      />
      <Figure
        label={say.t('imports.skipped')}
        value={say.count(counts.skipped)}
        definition={say.t('imports.skippedDef')}
      />
    </div>
  )
}

export const errorFileOf = (ws: string, id: string): string => `/api/w/${ws}/imports/${id}/errors.csv`
