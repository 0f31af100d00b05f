// How the bodies of a source become events: rules with fields from JSON paths, and what they make of the last body.
import {
  Autocomplete,
  Button,
  Group,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { IconArrowsSplit } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  LINES,
  type Mapping,
  MAPPING_TARGETS,
  type MappingField,
  type MappingRule,
} from '../../src/connectors/model.ts'
import type { Out } from '../../src/contract.ts'
import { useAct } from '../api/queries.ts'
import { i18n } from '../i18n.ts'
import { EventPicker } from '../parts/event-picker.tsx'
import { AskBeforeLeaving } from '../parts/leaving.tsx'
import { Newer, useBase } from '../parts/newer.tsx'
import { Card } from '../parts/page.tsx'
import { CodeBlock, Guarded } from '../parts/small.tsx'
import { Empty } from '../parts/state.tsx'
import { ActionsHead, RemoveButton } from '../parts/table.tsx'
import { useWorkspace } from '../use.ts'
import { Preview } from './mapping-preview.tsx'
import { pretty } from './pretty.ts'

/** Where order fields usually go; names of paths are for the user to set. */
const orderFields = (currency: string): MappingField[] => [
  { to: 'event', value: 'Order Completed' },
  { to: 'userId', path: '$.' },
  { to: 'email', path: '$.' },
  { to: 'phone', path: '$.' },
  { to: 'timestamp', path: '$.' },
  { to: 'properties.order_id', path: '$.' },
  { to: 'properties.total', path: '$.' },
  { to: 'properties.currency', value: currency },
  { to: 'properties.sales_channel', value: 'online' },
  { to: 'properties.store', path: '$.' },
  { to: 'properties.products', path: '$.' },
  { to: 'properties.products[].product_id', path: '@.' },
  { to: 'properties.products[].name', path: '@.' },
  { to: 'properties.products[].price', path: '@.' },
  { to: 'properties.products[].quantity', path: '@.' },
]
const BLANK: MappingField[] = [
  { to: 'event', value: '' },
  { to: 'email', path: '$.' },
]

type Source = Out<'source'>
type Draft = { key: number; field: MappingField }
type RuleDraft = { key: number; rule: MappingRule; fields: Draft[] }

const keyed = (fields: MappingField[]): Draft[] => fields.map((field, key) => ({ key, field }))
const nextKey = (list: { key: number }[]): number => Math.max(-1, ...list.map(i => i.key)) + 1
const draftsOf = (mapping: Mapping): RuleDraft[] =>
  mapping.rules.map((rule, key) => ({ key, rule, fields: keyed(rule.fields) }))
const isBlank = (f: MappingField): boolean =>
  f.path === undefined ? f.value === '' || f.value === undefined : /^[$@]?\.?$/.test(f.path)

/** What was not filled in is left out. */
const mappingOf = (rules: RuleDraft[]): Mapping => ({
  rules: rules.map(r => ({
    ...r.rule,
    when: r.rule.when && r.rule.when.path !== '' ? r.rule.when : null,
    each: r.rule.each === '' ? null : r.rule.each,
    fields: r.fields.map(f => f.field).filter(f => !isBlank(f)),
  })),
})

export function MappingEditor({ ws, source }: { ws: string; source: Source }) {
  const { t } = useTranslation()
  const [rules, setRules] = useState(() => draftsOf(source.mapping))
  const [loaded, setLoaded] = useState(source.mapping)
  const [sample, setSample] = useState('')
  const mapping = mappingOf(rules)
  const unsaved = JSON.stringify(mapping) !== JSON.stringify(mappingOf(draftsOf(loaded)))
  const changed = JSON.stringify(source.mapping) !== JSON.stringify(loaded)
  // other settings of the source may be saved meanwhile: only a mapping changed elsewhere is news here
  const base = useBase(changed ? source.version : 0, unsaved, () => {
    setRules(draftsOf(source.mapping))
    setLoaded(source.mapping)
  })
  const save = useAct('saveSource', {
    done: t('common.saved'),
    edits: 'source',
    after: saved => {
      setLoaded(saved.mapping)
      base.rest(saved.version)
    },
  })
  const add = (fields: MappingField[]) =>
    setRules([
      ...rules,
      {
        key: nextKey(rules),
        rule: { when: null, each: null, type: 'track', fields: [] },
        fields: keyed(fields),
      },
    ])
  const currency = useWorkspace().workspace?.currency ?? 'TWD'
  const patterns = (
    <Group gap="xs">
      <Button size="xs" variant="default" onClick={() => add(orderFields(currency))}>
        {t('connectors.patternOrder')}
      </Button>
      <Button size="xs" variant="default" onClick={() => add(BLANK)}>
        {t('connectors.patternBlank')}
      </Button>
    </Group>
  )
  const paths = source.last?.paths ?? []
  return (
    <div className="half">
      <AskBeforeLeaving unsaved={unsaved} within={['tab', 'name']} />
      <Stack>
        <Newer than={base} />
        {rules.length === 0 && !unsaved ? (
          <div className="card">
            <Empty
              icon={<IconArrowsSplit />}
              title={t('connectors.noRules')}
              text={t('connectors.noRulesText')}
              action={patterns}
            />
          </div>
        ) : (
          rules.map((r, i) => (
            <RuleCard
              key={r.key}
              ws={ws}
              n={i + 1}
              draft={r}
              paths={paths.map(p => p.path)}
              set={next => setRules(rules.map(other => (other.key === r.key ? next : other)))}
              remove={() => setRules(rules.filter(other => other.key !== r.key))}
            />
          ))
        )}
        {rules.length > 0 || unsaved ? (
          <Group justify="space-between">
            {patterns}
            <Guarded
              scope="sources:write"
              loading={save.isPending}
              reason={base.newer ? t('newer.title') : null}
              onClick={() =>
                save.mutate({
                  ws,
                  source: source.id,
                  body: {
                    name: source.name,
                    active: source.active,
                    signing: source.signing,
                    locations: source.locations,
                    mapping,
                    version: source.version,
                  },
                })
              }
            >
              {t('common.save')}
            </Guarded>
          </Group>
        ) : null}
      </Stack>
      <Stack>
        <Preview ws={ws} source={source} mapping={mapping} sample={sample} />
        <Card title={t('connectors.lastBody')}>
          <Stack gap="xs">
            {source.last ? (
              <CodeBlock text={pretty(source.last.body)} label={t('connectors.lastBody')} />
            ) : (
              <Text c="dimmed">{t('connectors.noBody')}</Text>
            )}
            <Textarea
              label={t('connectors.sample')}
              autosize
              minRows={2}
              maxRows={10}
              value={sample}
              onChange={e => setSample(e.currentTarget.value)}
            />
          </Stack>
        </Card>
      </Stack>
    </div>
  )
}

function RuleCard({
  ws,
  n,
  draft,
  paths,
  set,
  remove,
}: {
  ws: string
  n: number
  draft: RuleDraft
  paths: string[]
  set: (draft: RuleDraft) => void
  remove: () => void
}) {
  const { t } = useTranslation()
  const { rule, fields } = draft
  /** Paths within one entry of a list, as '@' says them; the list's first entry shows which there are. */
  const entries = (list: string | null | undefined): string[] => {
    const first = list?.replace(/(\[\*\])?$/, '[0]')
    return first ? paths.filter(p => p.startsWith(`${first}.`)).map(p => `@${p.slice(first.length)}`) : []
  }
  const pathsFor = (to: string) => [
    ...entries(
      to.startsWith(LINES) ? fields.find(f => f.field.to === 'properties.products')?.field.path : rule.each,
    ),
    ...paths,
  ]
  const change = (part: Partial<MappingRule>) => set({ ...draft, rule: { ...rule, ...part } })
  const setField = (key: number, field: MappingField) =>
    set({ ...draft, fields: fields.map(f => (f.key === key ? { key, field } : f)) })
  return (
    <Card
      title={t('connectors.rule', { n })}
      aside={<RemoveButton label={`${t('connectors.removeRule')} ${n}`} run={remove} />}
    >
      <Stack gap="sm">
        <SegmentedControl
          size="xs"
          aria-label={t('common.kind')}
          value={rule.type}
          onChange={value => change({ type: value === 'identify' ? 'identify' : 'track' })}
          data={[
            { value: 'track', label: t('connectors.typeTrack') },
            { value: 'identify', label: t('connectors.typeIdentify') },
          ]}
        />
        <Group grow align="flex-end">
          <Autocomplete
            size="xs"
            label={t('connectors.whenPath')}
            placeholder="$.type"
            data={paths}
            value={rule.when?.path ?? ''}
            onChange={path => change({ when: { path, is: rule.when?.is ?? '' } })}
          />
          <TextInput
            size="xs"
            label={t('connectors.whenIs')}
            placeholder="order.created"
            value={rule.when?.is ?? ''}
            onChange={e => change({ when: { path: rule.when?.path ?? '', is: e.currentTarget.value } })}
          />
        </Group>
        <Autocomplete
          size="xs"
          label={t('connectors.each')}
          placeholder="$.orders[*]"
          data={paths.filter(p => p.endsWith('[*]'))}
          value={rule.each ?? ''}
          onChange={each => change({ each })}
        />
        <Text size="xs" c="dimmed">
          {t('connectors.pathHelp')}
        </Text>
        <div className="table-scroll">
          <table className="table tight">
            <thead>
              <tr>
                <th>{t('connectors.to')}</th>
                <th>{t('connectors.from')}</th>
                <th>{t('connectors.fixed')}</th>
                <ActionsHead />
              </tr>
            </thead>
            <tbody>
              {fields.map(({ key, field }) => (
                <FieldRow
                  key={key}
                  ws={ws}
                  field={field}
                  paths={pathsFor(field.to)}
                  set={next => setField(key, next)}
                  remove={() => set({ ...draft, fields: fields.filter(f => f.key !== key) })}
                />
              ))}
            </tbody>
          </table>
        </div>
        <Button
          size="compact-xs"
          variant="default"
          style={{ alignSelf: 'flex-start' }}
          onClick={() =>
            set({
              ...draft,
              fields: [...fields, { key: nextKey(fields), field: { to: 'properties.', path: '$.' } }],
            })
          }
        >
          {t('connectors.addField')}
        </Button>
      </Stack>
    </Card>
  )
}

/** A list as wide as its longest line: paths differ at their end. */
const WIDE = { width: 'max-content', position: 'bottom-start' } as const

const PLACES: string[] = [
  ...MAPPING_TARGETS,
  ...orderFields('')
    .map(f => f.to)
    .filter(to => to.startsWith('properties.')),
  'traits.name',
  'traits.birthday',
  'traits.gender',
]

/** What is written there, in words. */
function placeInWords(to: string): string | undefined {
  const [, start = '', rest] = /^(properties\.products\[\]\.|properties\.|traits\.)?(.*)$/.exec(to) ?? []
  const kind = { '': 'target_', 'properties.': 'place_', 'traits.': 'place_trait_' }[start] ?? 'place_line_'
  const key = `connectors.${kind}${rest}` as 'connectors.target_event'
  return i18n.exists(key) ? i18n.t(key) : undefined
}

function FieldRow({
  ws,
  field,
  paths,
  set,
  remove,
}: {
  ws: string
  field: MappingField
  paths: string[]
  set: (field: MappingField) => void
  remove: () => void
}) {
  const { t } = useTranslation()
  const fixed = field.path === undefined
  return (
    <tr>
      <td>
        <Autocomplete
          size="xs"
          miw={165}
          aria-label={t('connectors.to')}
          description={placeInWords(field.to)}
          title={field.to}
          comboboxProps={WIDE}
          data={PLACES}
          value={field.to}
          onChange={to => set({ ...field, to })}
        />
      </td>
      <td>
        <Autocomplete
          size="xs"
          miw={130}
          aria-label={`${t('connectors.from')}: ${field.to}`}
          title={field.path}
          comboboxProps={WIDE}
          data={paths}
          value={field.path ?? ''}
          onChange={path => set(path === '' ? { to: field.to, value: '' } : { to: field.to, path })}
        />
      </td>
      <td>
        {field.to === 'event' ? (
          <EventPicker
            ws={ws}
            label={`${t('connectors.fixed')}: ${field.to}`}
            value={fixed ? String(field.value ?? '') : ''}
            onChange={value => set({ to: field.to, value })}
          />
        ) : (
          <TextInput
            size="xs"
            miw={110}
            aria-label={`${t('connectors.fixed')}: ${field.to}`}
            value={fixed ? String(field.value ?? '') : ''}
            onChange={e => set({ to: field.to, value: e.currentTarget.value })}
          />
        )}
      </td>
      <td className="end">
        <RemoveButton label={t('connectors.removeField', { name: field.to })} run={remove} />
      </td>
    </tr>
  )
}
