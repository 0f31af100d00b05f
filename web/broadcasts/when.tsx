// When a broadcast goes out and how: time, throttle, control group, goal, and a canary that stops it by itself.
import {
  Checkbox,
  Fieldset,
  Group,
  NativeSelect,
  NumberInput,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type BroadcastSpec, type Canary, canaryShare } from '../../src/campaigns/model.ts'
import { useApi } from '../api/queries.ts'
import { wallTime } from '../format.ts'
import { CanarySize } from '../parts/canary-size.tsx'
import { EventPicker } from '../parts/event-picker.tsx'
import { A } from '../parts/link.tsx'
import { useNow, useSay, useWs } from '../use.ts'
import type { StepProps } from './form.tsx'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const KINDS = ['now', 'at', 'local', 'best'] as const
const LIMITS = ['failed', 'complained', 'blocked', 'missing'] as const
const CANARY: Canary = { percent: 5, waitMs: HOUR_MS, limits: { failed: 10, complained: 1, blocked: 3 } }

/** The spec with one of its parts set, or without it. */
function withPart<K extends keyof BroadcastSpec>(
  spec: BroadcastSpec,
  key: K,
  value: BroadcastSpec[K] | undefined,
): BroadcastSpec {
  const next = { ...spec }
  if (value === undefined) delete next[key]
  else next[key] = value
  return next
}
const numberOr = (typed: number | string): number | undefined =>
  typeof typed === 'number' ? typed : undefined

export function WhenStep({ ws, spec, change }: StepProps) {
  const { t } = useTranslation()
  return (
    <Stack>
      <Moment ws={ws} spec={spec} change={change} />
      <Throttle ws={ws} spec={spec} change={change} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <EventPicker
          labelled
          size="sm"
          ws={ws}
          label={t('broadcast.goal')}
          value={spec.goal?.event ?? ''}
          onChange={event => {
            const windowMs = spec.goal?.windowMs ?? 7 * DAY_MS
            change(withPart(spec, 'goal', event === '' ? undefined : { ...spec.goal, event, windowMs }))
          }}
        />
        <NumberInput
          label={t('broadcast.goalDays')}
          min={1}
          max={90}
          allowDecimal={false}
          disabled={spec.goal === undefined}
          value={spec.goal ? Math.round(spec.goal.windowMs / DAY_MS) : ''}
          onChange={n =>
            typeof n === 'number' &&
            spec.goal &&
            change({ ...spec, goal: { ...spec.goal, windowMs: n * DAY_MS } })
          }
        />
        <NumberInput
          label={t('broadcast.holdout')}
          placeholder={t('broadcast.none')}
          min={0.1}
          max={90}
          value={spec.holdoutPercent ?? ''}
          onChange={n => change(withPart(spec, 'holdoutPercent', numberOr(n)))}
        />
        <NumberInput
          label={t('broadcast.useful')}
          placeholder={t('broadcast.none')}
          min={1}
          max={2000}
          allowDecimal={false}
          value={spec.usefulForMs ? Math.round(spec.usefulForMs / HOUR_MS) : ''}
          onChange={n =>
            change(withPart(spec, 'usefulForMs', typeof n === 'number' ? n * HOUR_MS : undefined))
          }
        />
        <NumberInput
          label={t('broadcast.budget')}
          placeholder={t('broadcast.none')}
          min={0}
          allowDecimal={false}
          value={spec.budget ?? ''}
          onChange={n => change(withPart(spec, 'budget', numberOr(n)))}
        />
      </SimpleGrid>
      <CanaryPart ws={ws} spec={spec} change={change} />
      <Text size="sm" c="dimmed">
        {t('broadcast.recurring')}{' '}
        <A to="/w/$ws/journeys" params={{ ws }}>
          {t('broadcast.recurringText')}
        </A>
      </Text>
    </Stack>
  )
}

function Moment({ spec, change }: StepProps) {
  const { t } = useTranslation()
  const { zone } = useSay()
  const now = useNow()
  const { when } = spec
  const at = 'at' in when ? (when.at ?? '') : ''
  const usual = at === '' ? wallTime(now + DAY_MS, zone) : at
  const begin = (kind: (typeof KINDS)[number]): BroadcastSpec['when'] =>
    kind === 'now'
      ? { kind }
      : kind === 'at'
        ? { kind, at: usual }
        : kind === 'local'
          ? { kind, at: usual, trait: 'timezone' }
          : { kind, fallback: '10:00' }
  return (
    <Stack gap="xs">
      <NativeSelect
        label={t('broadcast.when')}
        data={KINDS.map(value => ({ value, label: t(`broadcast.when_${value}`) }))}
        value={when.kind}
        onChange={e => change({ ...spec, when: begin(e.currentTarget.value as (typeof KINDS)[number]) })}
      />
      <Group>
        {when.kind === 'now' ? null : (
          <TextInput
            type="datetime-local"
            label={t('broadcast.at')}
            description={zone}
            value={at}
            onChange={e => {
              const typed = e.currentTarget.value
              if (when.kind === 'best') {
                const { at: _, ...rest } = when
                change({ ...spec, when: typed === '' ? rest : { ...rest, at: typed } })
              } else if (typed !== '') change({ ...spec, when: { ...when, at: typed } })
            }}
          />
        )}
        {when.kind === 'best' ? (
          <TextInput
            type="time"
            label={t('broadcast.fallback')}
            value={when.fallback}
            onChange={e =>
              e.currentTarget.value !== '' &&
              change({ ...spec, when: { ...when, fallback: e.currentTarget.value } })
            }
          />
        ) : null}
      </Group>
      {when.kind === 'local' ? (
        <Text size="sm" c="dimmed">
          {t('broadcast.localHelp')}
        </Text>
      ) : null}
    </Stack>
  )
}

function Throttle({ spec, change }: StepProps) {
  const { t } = useTranslation()
  const per = spec.throttle?.per ?? 'minute'
  return (
    <Group align="flex-end">
      <NumberInput
        label={t('broadcast.throttle')}
        placeholder={t('broadcast.unlimited')}
        min={1}
        max={1_000_000}
        allowDecimal={false}
        value={spec.throttle?.max ?? ''}
        onChange={n =>
          change(withPart(spec, 'throttle', typeof n === 'number' && n > 0 ? { max: n, per } : undefined))
        }
      />
      <NativeSelect
        label={t('broadcast.per')}
        disabled={spec.throttle === undefined}
        data={(['minute', 'hour'] as const).map(value => ({ value, label: t(`broadcast.per_${value}`) }))}
        value={per}
        onChange={e =>
          spec.throttle &&
          change({
            ...spec,
            throttle: { ...spec.throttle, per: e.currentTarget.value as 'minute' | 'hour' },
          })
        }
      />
    </Group>
  )
}

function CanaryPart({ spec, change }: StepProps) {
  const { t } = useTranslation()
  const say = useSay()
  const ws = useWs()
  const segments = useApi('segments', { ws, query: { status: 'live' } }).data?.items ?? []
  const size = segments.find(s => s.id === spec.audience.segment)?.size ?? null
  // of a group of it, or everybody, the number is known at the last look
  const audience = spec.audience.group === undefined ? size : null
  const { canary } = spec
  const put = (next: Canary) => change({ ...spec, canary: next })
  const share = canary ? canaryShare(canary, audience) : 0
  const about =
    canary === undefined || (audience === null && canary.people === undefined)
      ? null
      : audience === null
        ? t('broadcast.canaryNoSize')
        : canary.people === undefined
          ? t('broadcast.canaryPeopleIs', { n: say.count(Math.round((audience * share) / 100)) })
          : t('broadcast.canaryShareIs', { n: say.decimal(share) })
  return (
    <Fieldset legend={t('broadcast.canaryTitle')}>
      <Stack gap="sm">
        <Checkbox
          label={t('broadcast.canary')}
          description={t('broadcast.canaryHelp')}
          checked={canary !== undefined}
          onChange={e => change(withPart(spec, 'canary', e.currentTarget.checked ? CANARY : undefined))}
        />
        {canary ? (
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <CanarySize
              value={canary}
              put={size => put({ waitMs: canary.waitMs, limits: canary.limits, ...size })}
              mostPercent={50}
              about={about}
            />
            <NumberInput
              label={t('broadcast.canaryWait')}
              min={1}
              max={10_000}
              allowDecimal={false}
              value={Math.round(canary.waitMs / MINUTE_MS)}
              onChange={n => typeof n === 'number' && put({ ...canary, waitMs: n * MINUTE_MS })}
            />
            {LIMITS.map(limit => (
              <NumberInput
                key={limit}
                label={t(`broadcast.limit_${limit}`)}
                min={0}
                max={100}
                value={canary.limits[limit] ?? ''}
                onChange={n => {
                  const limits = { ...canary.limits }
                  if (typeof n === 'number') limits[limit] = n
                  else delete limits[limit]
                  put({ ...canary, limits })
                }}
              />
            ))}
          </SimpleGrid>
        ) : null}
      </Stack>
    </Fieldset>
  )
}
