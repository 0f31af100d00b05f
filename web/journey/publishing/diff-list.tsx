// What differs between two graphs, as a list in words.
import { Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { JourneyGraph } from '../../../src/journeys/model.ts'
import { Badge } from '../../parts/small.tsx'
import { useKnown } from '../../rules/vocabulary.tsx'
import { useSay } from '../../use.ts'
import { sayDiff } from './say-diff.ts'

const TONES = { added: 'good', removed: 'bad', changed: 'wait' } as const

export function DiffList({ ws, before, after }: { ws: string; before: JourneyGraph; after: JourneyGraph }) {
  const { t } = useTranslation()
  const say = useSay()
  const { names } = useKnown(ws)
  const told = sayDiff(before, after, say, names)
  if (told.length === 0) return <Text c="dimmed">{t('diff.none')}</Text>
  return (
    <ul className="plain">
      {told.map(item => (
        <li key={item.key}>
          <Group gap={6} wrap="nowrap" align="baseline">
            <Badge tone={TONES[item.change]}>{t(`diff.${item.change}`)}</Badge>
            <Text fw={600}>{item.title}</Text>
          </Group>
          {item.lines.map(line => (
            <Text key={line} size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {line}
            </Text>
          ))}
        </li>
      ))}
    </ul>
  )
}
