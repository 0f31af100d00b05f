// Attributes with where they came from and when; each can be changed in place, by its type. Wanted ones that are
// missing stand among them. Enter saves, Escape leaves.
import {
  ActionIcon,
  Button,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  TagsInput,
  Text,
  TextInput,
  Tooltip,
} from '@mantine/core'
import { IconPencil, IconPlus } from '@tabler/icons-react'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { Card } from '../parts/page.tsx'
import { Guarded } from '../parts/small.tsx'
import { useDisabledReason, useSay } from '../use.ts'
import { type CustomerData, type Part, useCommand } from './command.ts'
import { labelOf } from './names.ts'

type Declared = Out<'attributes'>['items'][number]
type Trait = CustomerData['traits'][number]
type Row = { name: string; declared: Declared | undefined; trait: Trait | undefined }
type Value = string | number | boolean | string[] | null

/** Contacts have a card of their own. */
const ELSEWHERE = new Set(['email', 'phone'])

function rowsOf(data: CustomerData, declared: Declared[]): Row[] {
  const shown = declared.filter(
    a => data.traits.some(t => t.name === a.name) || data.completeness.missing.includes(a.name),
  )
  const own = data.traits.filter(t => !declared.some(a => a.name === t.name))
  return [
    ...shown.map(a => ({ name: a.name, declared: a, trait: data.traits.find(t => t.name === a.name) })),
    ...own.map(t => ({ name: t.name, declared: undefined, trait: t })),
  ].filter(row => !ELSEWHERE.has(row.name) || row.trait !== undefined)
}

export function Attributes(props: Part) {
  const { t } = useTranslation()
  const { ws, data } = props
  const attributes = useApi('attributes', { ws })
  const [editing, edit] = useState<string | null>(null)
  // where the keyboard goes on: the line that was edited last
  const [back, goBack] = useState<string | null>(null)
  const [adding, add] = useState(false)
  const rows = rowsOf(data, attributes.data?.items ?? [])
  const leave = (name: string) => {
    edit(null)
    goBack(name)
  }
  return (
    <Card
      title={t('customers.traits')}
      aside={
        <Guarded
          scope="customers:write"
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => add(!adding)}
        >
          {t('common.add')}
        </Guarded>
      }
    >
      {rows.length === 0 && !adding ? <Text c="dimmed">{t('customers.noTraits')}</Text> : null}
      <ul className="plain rows">
        {rows.map(row => (
          <li key={row.name}>
            {editing === row.name ? (
              <Edit {...props} row={row} close={() => leave(row.name)} />
            ) : (
              <Line data={data} row={row} edit={() => edit(row.name)} focused={back === row.name} />
            )}
          </li>
        ))}
      </ul>
      {adding ? <Add {...props} declared={attributes.data?.items ?? []} close={() => add(false)} /> : null}
    </Card>
  )
}

const nameOf = (row: Row): string =>
  row.declared ? labelOf(row.declared.label) : row.trait?.label ? labelOf(row.trait.label) : row.name

function useShown() {
  const { t } = useTranslation()
  const say = useSay()
  return (row: Row, data: CustomerData): string => {
    const { trait } = row
    if (!trait) return '—'
    if (trait.choiceLabel) return labelOf(trait.choiceLabel)
    const { value } = trait
    if (value === true) return t('common.yes')
    if (value === false) return t('common.no')
    if (Array.isArray(value)) return say.list(value.map(String))
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
    return row.name === 'birthday' && data.age !== null
      ? `${text} (${t('person.age', { n: data.age })})`
      : text
  }
}

function Line({
  data,
  row,
  edit,
  focused,
}: {
  data: CustomerData
  row: Row
  edit: () => void
  focused: boolean
}) {
  const { t } = useTranslation()
  const say = useSay()
  const shown = useShown()
  const barred = useDisabledReason()('customers:write')
  const { trait } = row
  const origin = trait
    ? [trait.source, say.exact(trait.at), trait.verified ? '' : t('customers.unverified')]
        .filter(Boolean)
        .join(' · ')
    : t('person.wanted')
  return (
    <div className="row">
      <Text size="sm" c="dimmed" className="row-name">
        {nameOf(row)}
      </Text>
      <Tooltip label={origin}>
        <Text
          size="sm"
          className="row-value"
          c={trait ? undefined : 'dimmed'}
          tabIndex={0}
          aria-description={origin}
        >
          {shown(row, data)}
          {trait && !trait.verified ? <span className="unverified"> ?</span> : null}
        </Text>
      </Tooltip>
      <Tooltip label={barred ?? t('person.edit', { name: nameOf(row) })}>
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          autoFocus={focused}
          aria-label={t('person.edit', { name: nameOf(row) })}
          data-disabled={barred !== null || undefined}
          aria-disabled={barred !== null}
          onClick={() => {
            if (barred === null) edit()
          }}
        >
          <IconPencil size={14} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}

function Edit({ row, close, ...props }: Part & { row: Row; close: () => void }) {
  const { t } = useTranslation()
  const command = useCommand(props)
  const form = useRef<HTMLFormElement>(null)
  const [value, change] = useState<Value>(() => firstValue(row))
  const save = (event: FormEvent) => {
    event.preventDefault()
    command.run({ do: 'set_traits', traits: { [row.name]: isEmpty(value) ? null : value } }, close)
  }
  return (
    <form
      ref={form}
      onSubmit={save}
      onKeyDown={e => {
        if (e.key === 'Escape') close()
      }}
    >
      <Group gap={6} wrap="nowrap" align="flex-end">
        <Field row={row} value={value} change={change} />
        <Button size="xs" type="submit" loading={command.pending}>
          {t('common.save')}
        </Button>
        <Button size="xs" variant="default" onClick={close}>
          {t('common.cancel')}
        </Button>
      </Group>
    </form>
  )
}

const isEmpty = (value: Value): boolean => value === '' || (Array.isArray(value) && value.length === 0)

function firstValue(row: Row): Value {
  const held = row.trait?.value
  if (Array.isArray(held)) return held.map(String)
  if (row.declared?.type === 'list') return held === undefined ? [] : [String(held)]
  return typeof held === 'string' || typeof held === 'number' || typeof held === 'boolean' ? held : ''
}

/** The input that fits the attribute's type. Emptied: the attribute is removed. */
function Field({ row, value, change }: { row: Row; value: Value; change: (value: Value) => void }) {
  const { t } = useTranslation()
  const shared = {
    size: 'xs',
    label: nameOf(row),
    style: { flex: 1, minWidth: 0 },
    'data-autofocus': true,
  } as const
  const type = row.declared?.type ?? 'text'
  const choices = row.declared?.choices?.map(c => ({ value: c.value, label: labelOf(c.label) }))
  if (type === 'list' || Array.isArray(value)) {
    const many = { ...shared, autoFocus: true, value: Array.isArray(value) ? value : [], onChange: change }
    return choices ? <MultiSelect {...many} searchable data={choices} /> : <TagsInput {...many} />
  }
  if (choices)
    return (
      <Select
        {...shared}
        autoFocus
        clearable
        data={choices}
        value={value === '' || value === null ? null : String(value)}
        onChange={change}
      />
    )
  switch (type) {
    case 'number':
      return (
        <NumberInput
          {...shared}
          autoFocus
          value={typeof value === 'number' ? value : ''}
          onChange={next => change(typeof next === 'number' ? next : '')}
        />
      )
    case 'boolean':
      return (
        <Select
          {...shared}
          autoFocus
          clearable
          data={[
            { value: 'true', label: t('common.yes') },
            { value: 'false', label: t('common.no') },
          ]}
          value={typeof value === 'boolean' ? String(value) : null}
          onChange={next => change(next === null ? '' : next === 'true')}
        />
      )
    default:
      return (
        <TextInput
          {...shared}
          autoFocus
          type={type === 'date' ? 'date' : 'text'}
          value={value === null ? '' : String(value)}
          onChange={e => change(e.currentTarget.value)}
        />
      )
  }
}

/** Another attribute: one that is declared, or any name. */
function Add({ declared, close, ...props }: Part & { declared: Declared[]; close: () => void }) {
  const { t } = useTranslation()
  const command = useCommand(props)
  const [name, setName] = useState<string | null>(null)
  const [own, setOwn] = useState('')
  const [value, change] = useState<Value>('')
  const chosen = declared.find(a => a.name === name)
  const key = chosen ? chosen.name : own.trim()
  const free = declared.filter(a => !props.data.traits.some(held => held.name === a.name))
  const row: Row = { name: key, declared: chosen, trait: undefined }
  return (
    <form
      className="add-form"
      onSubmit={event => {
        event.preventDefault()
        if (key !== '' && !isEmpty(value)) command.run({ do: 'set_traits', traits: { [key]: value } }, close)
      }}
      onKeyDown={e => {
        if (e.key === 'Escape') close()
      }}
    >
      <Select
        size="xs"
        autoFocus
        searchable
        label={t('customers.traitName')}
        data={[
          ...free.map(a => ({ value: a.name, label: labelOf(a.label) })),
          { value: '', label: t('person.ownName') },
        ]}
        value={name}
        onChange={next => {
          setName(next)
          change('')
        }}
      />
      {name === '' ? (
        <TextInput
          size="xs"
          label={t('person.ownName')}
          maxLength={64}
          value={own}
          onChange={e => setOwn(e.currentTarget.value)}
        />
      ) : null}
      {name === null ? null : (
        <Field
          row={chosen ? row : { ...row, trait: undefined, name: t('customers.traitValue') }}
          value={value}
          change={change}
        />
      )}
      <Group gap={6} justify="flex-end">
        <Button size="xs" variant="default" onClick={close}>
          {t('common.cancel')}
        </Button>
        <Button size="xs" type="submit" loading={command.pending} disabled={key === '' || isEmpty(value)}>
          {t('common.save')}
        </Button>
      </Group>
    </form>
  )
}
