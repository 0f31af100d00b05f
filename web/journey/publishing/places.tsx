// The publish planner: who waits where, and a choice for each.
import { Button, Group, Select, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { JourneyGraph } from '../../../src/journeys/model.ts'
import type { Place } from '../../../src/journeys/versions/planner.ts'
import { word } from '../../i18n.ts'
import { Card } from '../../parts/page.tsx'
import { Badge } from '../../parts/small.tsx'
import { useSay } from '../../use.ts'
import { allOf, type Choices, keyOf, optionsOf } from './choices.ts'

const TONES = { same: 'skip', changed: 'wait', removed: 'bad' } as const

export function Places({
  places,
  stale,
  graph,
  choices,
  choose,
}: {
  places: Place[]
  stale: boolean
  graph: JourneyGraph
  choices: Choices
  /** null: it is asked for, and may only be looked at */
  choose: ((choices: Choices) => void) | null
}) {
  const { t } = useTranslation()
  const catching = places.some(p => p.catchUp.length > 0)
  return (
    <Card title={t('planner.title')}>
      {stale ? (
        <Text c="dimmed">{t('planner.stale')}</Text>
      ) : places.length === 0 ? (
        <Text c="dimmed">{t('planner.nobody')}</Text>
      ) : (
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t('planner.lead')}
          </Text>
          {choose === null ? null : (
            <Group gap={6}>
              <Button size="compact-sm" variant="default" onClick={() => choose({})}>
                {t('planner.allPin')}
              </Button>
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => choose(allOf(places, p => (p.stays ? `move:${p.node}` : null)))}
              >
                {t('planner.allMove')}
              </Button>
              {catching ? (
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() =>
                    choose(
                      allOf(places, p =>
                        p.catchUp[0] !== undefined
                          ? `catch_up:${p.catchUp[0]}`
                          : p.stays
                            ? `move:${p.node}`
                            : null,
                      ),
                    )
                  }
                >
                  {t('planner.allCatchUp')}
                </Button>
              ) : null}
            </Group>
          )}
          <ul className="plain">
            {places.map(place => (
              <PlaceRow
                key={keyOf(place)}
                place={place}
                graph={graph}
                choice={choices[keyOf(place)] ?? 'pin'}
                choose={choose && (choice => choose({ ...choices, [keyOf(place)]: choice }))}
              />
            ))}
          </ul>
        </Stack>
      )}
    </Card>
  )
}

function PlaceRow({
  place,
  graph,
  choice,
  choose,
}: {
  place: Place
  graph: JourneyGraph
  choice: string
  choose: ((choice: string) => void) | null
}) {
  const { t } = useTranslation()
  const say = useSay()
  const title = place.title ?? word('node', place.type)
  const again = choice.startsWith('move:') && !(place.stays && choice === `move:${place.node}`)
  return (
    <li>
      <Group justify="space-between" wrap="nowrap" gap={6}>
        <Text fw={600}>{title}</Text>
        <Badge tone={TONES[place.change]}>{t(`planner.${place.change}`)}</Badge>
      </Group>
      <Text size="sm" c="dimmed" mb={4}>
        {t('planner.at', { version: place.version, n: say.count(place.people) })}
      </Text>
      <Select
        aria-label={t('planner.choice', { node: title })}
        size="sm"
        data={optionsOf(place, graph, say)}
        value={choice}
        allowDeselect={false}
        disabled={choose === null}
        onChange={value => choose?.(value ?? 'pin')}
      />
      {again ? (
        <Text size="xs" c="dimmed" mt={4}>
          {t('planner.twice')}
        </Text>
      ) : null}
    </li>
  )
}
