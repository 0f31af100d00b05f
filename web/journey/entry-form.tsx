// The panel of entry: who comes in once the trigger has fired, and how often.
import { Alert, CloseButton, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { JourneyGraph } from '../../src/journeys/model.ts'
import type { FieldSpec } from '../../src/journeys/nodes/type.ts'
import { validateGraph } from '../../src/journeys/validate.ts'
import { instantOf, wallTime } from '../format.ts'
import { CanarySize } from '../parts/canary-size.tsx'
import { Card } from '../parts/page.tsx'
import { useSay } from '../use.ts'
import { Fields } from './fields/fields.tsx'
import { withFields } from './fields/list.tsx'
import { FormProvider } from './fields/model.ts'
import type { PanelProps } from './slot.ts'
import './fields/fields.css'

const REENTRY = ['never', 'after_exit', 'always'] as const
const FIELDS: Record<string, FieldSpec> = {
  filter: { kind: 'rule', required: false },
  exclude: { kind: 'rule', required: false },
  reentry: { kind: 'choice', required: true, options: REENTRY },
  coolDownMs: { kind: 'duration', required: true, when: { field: 'reentry', is: ['after_exit'] } },
  key: { kind: 'text', required: false, max: 200 },
  maxAtOnce: { kind: 'number', required: false, min: 1, max: 50 },
  cap: {
    kind: 'group',
    required: false,
    of: {
      max: { kind: 'number', required: true, min: 1 },
      per: { kind: 'choice', required: true, options: ['hour', 'day', 'ever'] },
    },
  },
  from: { kind: 'date_time', required: false },
  to: { kind: 'date_time', required: false },
}
/** Only a trigger "entered a segment" has members to take in. */
const BACKFILL: FieldSpec = { kind: 'flag', required: false }

const DAY_MS = 86_400_000
/** Where each field is in the graph, for its faults. */
const PATHS: Record<string, string> = {
  '/filter': '/filter',
  '/reentry': '/reentry',
  '/key': '/key',
  '/entry': '',
}

type Values = Record<string, unknown>
const wall = (at: string | undefined, zone: string) =>
  at === undefined ? undefined : wallTime(Date.parse(at), zone)
const instant = (at: unknown, zone: string) =>
  typeof at === 'string' && at !== '' ? new Date(instantOf(at, zone)).toISOString() : undefined

function valuesOf({ filter, reentry, key, entry = {} }: JourneyGraph, zone: string): Values {
  return withFields(
    { ...entry, from: wall(entry.from, zone), to: wall(entry.to, zone) },
    {
      filter,
      key,
      reentry: reentry.kind,
      coolDownMs: reentry.kind === 'after_exit' ? reentry.coolDownMs : undefined,
    },
  )
}

function graphOf(graph: JourneyGraph, values: Values, zone: string): JourneyGraph {
  const { filter, key, reentry, coolDownMs, from, to, ...rest } = values
  const entry = withFields(rest, { from: instant(from, zone), to: instant(to, zone) })
  const { filter: _filter, key: _key, entry: _entry, ...others } = graph
  const next = {
    ...others,
    reentry:
      reentry === 'after_exit' ? { kind: reentry, coolDownMs: coolDownMs ?? DAY_MS } : { kind: reentry },
    ...(filter === undefined ? {} : { filter }),
    ...(key === undefined ? {} : { key }),
    ...(Object.keys(entry).length === 0 ? {} : { entry }),
  }
  return next as JourneyGraph
}

export function Panel({ ws, graph, change, readOnly, close }: PanelProps) {
  const { t } = useTranslation()
  const { locale, zone } = useSay()
  const side = locale === 'en' ? 'en' : 'zh'
  const values = valuesOf(graph, zone)
  const faults = validateGraph(graph).problems.flatMap(p => {
    const found = Object.entries(PATHS).find(([from]) => p.path.startsWith(from))
    return found ? [{ ...p, path: found[1] + p.path.slice(found[0].length) }] : []
  })
  const { trigger } = graph
  const specs =
    trigger.kind === 'segment' && trigger.on === 'entered' ? { ...FIELDS, backfill: BACKFILL } : FIELDS
  const isCanary = (f: { path: string }) => f.path.startsWith('/canary')
  const others = faults.filter(f => !isCanary(f) && !Object.hasOwn(specs, f.path.split('/')[1] ?? ''))
  const { canaryPercent, canaryPeople } = graph.entry ?? {}
  const write = (fields: Values) =>
    change(graphOf(graph, withFields(values, fields), zone), `entry ${Object.keys(fields).join(' ')}`)
  return (
    <Card
      title={t('journeyPanel.entry')}
      aside={<CloseButton aria-label={t('common.close')} onClick={close} />}
    >
      <Stack gap="sm">
        <p className="dim field-help">{t('entryForm.help')}</p>
        {others.map(p => (
          <Alert key={p.code + p.path} color="red" variant="light" p="xs">
            {p.message[side]}
          </Alert>
        ))}
        <FormProvider value={{ ws, graph, type: 'entry', node: null, faults }}>
          <Fields specs={specs} values={values} path="" readOnly={readOnly} change={write} />
        </FormProvider>
        <CanarySize
          value={{ percent: canaryPercent, people: canaryPeople }}
          put={({ percent, people }) => write({ canaryPercent: percent, canaryPeople: people })}
          optional
          mostPercent={100}
          about={
            canaryPeople !== undefined
              ? t('entryForm.canary_people')
              : canaryPercent !== undefined
                ? t('entryForm.canary_percent')
                : null
          }
          error={faults.find(isCanary)?.message[side]}
          readOnly={readOnly}
        />
      </Stack>
    </Card>
  )
}
