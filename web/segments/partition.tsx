// A partition is written: ordered groups with a rule each, moved by dragging or keys, and the rest. Sizes are beside them.
import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconChevronDown, IconChevronUp, IconGripVertical, IconPlus } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Rule } from '../../src/rules/model.ts'
import { useApi } from '../api/queries.ts'
import { RemoveButton } from '../parts/table.tsx'
import { RuleBuilder } from '../rules/builder.tsx'
import { useRuleDraft } from '../rules/history.ts'
import { sayRule } from '../rules/in-words.ts'
import { isComplete } from '../rules/sentence.ts'
import { useVocabulary } from '../rules/vocabulary.tsx'
import { useSay } from '../use.ts'
import type { Definition, SegmentDetail } from './parts.tsx'
import { Faults } from './publish.tsx'

type Fault = SegmentDetail['faults'][number]
type DraftGroup = { id: number; key: string; name: string; rule: Rule | null }
export type Draft = { groups: DraftGroup[]; restName: string }
const MOST_GROUPS = 30
const PAUSE_MS = 500

let made = 0
export const partitionDraft = (definition: Definition | undefined): Draft => ({
  groups: (definition?.groups ?? [{ key: 'a', name: '', rule: null }]).map(g => ({
    id: ++made,
    key: g.key,
    name: g.name,
    rule: (g.rule ?? null) as Rule | null,
  })),
  restName: definition?.restName ?? '',
})

export const partitionDefinition = ({ groups, restName }: Draft): Definition => ({
  groups: groups.map(({ key, name, rule }) => ({ key, name: name.trim(), rule })),
  ...(restName.trim() === '' ? {} : { restName: restName.trim() }),
})

/** A key that no group has: a, b, … */
function freeKey(groups: DraftGroup[]): string {
  const taken = new Set(groups.map(g => g.key))
  for (let i = 0; ; i++) {
    const key = i < 26 ? String.fromCharCode(97 + i) : `g${i}`
    if (!taken.has(key)) return key
  }
}

/** Whom a group takes: its rule, and none of those before. `null` while one of them is not written. */
export function groupRule(rules: (Rule | null)[], at: number | 'rest'): Rule | null {
  const before = rules.slice(0, at === 'rest' ? rules.length : at)
  const own = at === 'rest' ? [] : [rules[at] ?? null]
  if ([...before, ...own].some(r => r === null)) return null
  const parts = [...before.map(rule => ({ op: 'not', rule }) as Rule), ...(own as Rule[])]
  return parts.length === 0 ? null : { op: 'and', rules: parts }
}

export function PartitionEditor({
  ws,
  draft,
  stored,
  onChange,
}: {
  ws: string
  draft: Draft
  /** as it was stored last, and what is wrong with that: told at each group until it is changed */
  stored: { groups: DraftGroup[]; faults: Fault[] }
  onChange: (draft: Draft) => void
}) {
  const { t } = useTranslation()
  const [opened, open] = useState<number | null>(
    draft.groups[0]?.rule === null ? (draft.groups[0]?.id ?? null) : null,
  )
  const [said, say] = useState('')
  const [dragging, drag] = useState<number | null>(null)
  const [over, setOver] = useState<{ id: number; side: 'above' | 'below' } | null>(null)
  const [focus, setFocus] = useState<number | null>(null)
  const list = useRef<HTMLOListElement>(null)
  const { groups } = draft
  const [settled] = useDebouncedValue(groups, PAUSE_MS)
  const rules = settled.map(g => g.rule)
  useEffect(() => {
    if (focus === null) return
    list.current?.querySelector<HTMLElement>(`[data-group="${focus}"]`)?.focus()
    setFocus(null)
  }, [focus])
  const set = (next: DraftGroup[]) => onChange({ ...draft, groups: next })
  const move = (id: number, to: number) => {
    const from = groups.findIndex(g => g.id === id)
    const moved = groups[from]
    if (!moved || to < 0 || to >= groups.length || to === from) return
    set(groups.toSpliced(from, 1).toSpliced(to, 0, moved))
    say(t('segmentEdit.groupMoved', { n: to + 1 }))
    setFocus(id)
  }
  const drop = () => {
    if (dragging !== null && over) {
      const from = groups.findIndex(g => g.id === dragging)
      const beside = groups.findIndex(g => g.id === over.id) + (over.side === 'below' ? 1 : 0)
      move(dragging, beside > from ? beside - 1 : beside)
    }
    drag(null)
    setOver(null)
  }
  return (
    <Stack gap={10}>
      <Text size="sm" c="dimmed">
        {t('segmentEdit.inOrder')}
      </Text>
      <ol className="plain-inline stack" ref={list} style={{ gap: 10 }}>
        {groups.map((group, i) => (
          <li
            key={group.id}
            className={`partition-group${over?.id === group.id ? ` ${over.side}` : ''}`}
            onDragOver={event => {
              if (dragging === null) return
              event.preventDefault()
              const { top, height } = event.currentTarget.getBoundingClientRect()
              setOver({ id: group.id, side: event.clientY < top + height / 2 ? 'above' : 'below' })
            }}
            onDrop={event => {
              if (dragging === null) return
              event.preventDefault()
              drop()
            }}
          >
            <GroupHead
              ws={ws}
              n={i + 1}
              group={group}
              takes={groupRule(rules, i)}
              only={groups.length === 1}
              opened={opened === group.id}
              toggle={() => open(opened === group.id ? null : group.id)}
              change={next => set(groups.with(i, next))}
              remove={() => set(groups.toSpliced(i, 1))}
              drag={on => {
                drag(on ? group.id : null)
                if (!on) setOver(null)
              }}
              moveBy={by => move(group.id, i + by)}
            />
            {stored.groups[i] === group ? (
              <div className="partition-faults">
                <Faults faults={stored.faults.filter(f => f.path.startsWith(`/groups/${i}/`))} />
              </div>
            ) : null}
            {opened === group.id ? (
              <GroupRule rule={group.rule} onChange={rule => set(groups.with(i, { ...group, rule }))} />
            ) : (
              <GroupWords rule={group.rule} />
            )}
          </li>
        ))}
        <Rest
          ws={ws}
          n={groups.length + 1}
          name={draft.restName}
          takes={groupRule(rules, 'rest')}
          rename={restName => onChange({ ...draft, restName })}
        />
      </ol>
      <Group>
        <Button
          size="xs"
          variant="light"
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={groups.length >= MOST_GROUPS}
          onClick={() => {
            const group = { id: ++made, key: freeKey(groups), name: '', rule: null }
            set([...groups, group])
            open(group.id)
          }}
        >
          {t('segmentEdit.addGroup')}
        </Button>
      </Group>
      <div className="visually-hidden" role="status">
        {said}
      </div>
    </Stack>
  )
}

/** A group's line: its handle, name, key and size; opened to write its rule. */
function GroupHead({
  ws,
  n,
  group,
  takes,
  only,
  opened,
  toggle,
  change,
  remove,
  drag,
  moveBy,
}: {
  ws: string
  n: number
  group: DraftGroup
  /** whom it takes now */
  takes: Rule | null
  /** the last one cannot be removed */
  only: boolean
  opened: boolean
  toggle: () => void
  change: (group: DraftGroup) => void
  remove: () => void
  /** taken hold of, or let go */
  drag: (on: boolean) => void
  moveBy: (by: 1 | -1) => void
}) {
  const { t } = useTranslation()
  return (
    <div className="partition-head">
      <Handle n={n} group={group} drag={drag} moveBy={moveBy} />
      <Text c="dimmed">{n}</Text>
      <TextInput
        size="xs"
        aria-label={`${t('segmentEdit.groupOf', { n })} ${t('segmentEdit.groupName')}`}
        placeholder={t('segmentEdit.groupName')}
        value={group.name}
        onChange={e => change({ ...group, name: e.currentTarget.value })}
      />
      <TextInput
        size="xs"
        className="key"
        classNames={{ input: 'mono' }}
        aria-label={`${t('segmentEdit.groupOf', { n })} ${t('segmentEdit.groupKey')}`}
        value={group.key}
        onChange={e => change({ ...group, key: e.currentTarget.value })}
      />
      <Size ws={ws} rule={takes} />
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-expanded={opened}
        aria-label={`${t('segmentEdit.groupOf', { n })} ${t(opened ? 'segmentEdit.close' : 'segmentEdit.open')}`}
        onClick={toggle}
      >
        {opened ? <IconChevronUp size={16} /> : <IconChevronDown size={16} />}
      </ActionIcon>
      <RemoveButton disabled={only} label={t('segmentEdit.removeGroup', { n })} run={remove} />
    </div>
  )
}

/** Moves a group by dragging, or with Alt and the arrow keys. */
function Handle({
  n,
  group,
  drag,
  moveBy,
}: {
  n: number
  group: DraftGroup
  drag: (on: boolean) => void
  moveBy: (by: 1 | -1) => void
}) {
  const { t } = useTranslation()
  return (
    <button
      type="button"
      className="rule-handle"
      data-group={group.id}
      draggable
      aria-label={t('segmentEdit.moveGroup', { n })}
      aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
      onDragStart={event => {
        event.dataTransfer.effectAllowed = 'move'
        event.dataTransfer.setData('text/plain', group.key)
        drag(true)
      }}
      onDragEnd={() => drag(false)}
      onKeyDown={event => {
        const by = !event.altKey ? 0 : event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
        if (by === 0) return
        event.preventDefault()
        moveBy(by)
      }}
    >
      <IconGripVertical size={15} aria-hidden />
    </button>
  )
}

/** Those whom no group takes: only named. */
function Rest({
  ws,
  n,
  name,
  takes,
  rename,
}: {
  ws: string
  n: number
  name: string
  takes: Rule | null
  rename: (name: string) => void
}) {
  const { t } = useTranslation()
  return (
    <li className="partition-group">
      <div className="partition-head">
        <span />
        <Text c="dimmed">{n}</Text>
        <TextInput
          size="xs"
          aria-label={t('segmentEdit.restName')}
          placeholder={t('segments.rest')}
          value={name}
          onChange={e => rename(e.currentTarget.value)}
        />
        <Text size="sm" c="dimmed" className="key">
          {t('segmentEdit.restText')}
        </Text>
        <Size ws={ws} rule={takes} />
        <span className="partition-gap" />
        <span className="partition-gap" />
      </div>
    </li>
  )
}

function GroupWords({ rule }: { rule: Rule | null }) {
  const { t } = useTranslation()
  const say = useSay()
  const { names } = useVocabulary()
  return (
    <div className="partition-words">
      <Text size="sm" c={rule ? undefined : 'dimmed'}>
        {rule ? sayRule(rule, say, names) : t('segments.noRule')}
      </Text>
    </div>
  )
}

function GroupRule({ rule, onChange }: { rule: Rule | null; onChange: (rule: Rule | null) => void }) {
  const draft = useRuleDraft(rule)
  const told = useRef(onChange)
  told.current = onChange
  const first = useRef(true)
  // the draft with its undo lives here; the whole partition hears of each change
  useEffect(() => {
    if (first.current) first.current = false
    else told.current(draft.rule)
  }, [draft.rule])
  return <RuleBuilder draft={draft} />
}

/** How many a group takes now. */
function Size({ ws, rule }: { ws: string; rule: Rule | null }) {
  const { t } = useTranslation()
  const say = useSay()
  const { names } = useVocabulary()
  const complete = rule !== null && isComplete(rule, say, names)
  const query = useApi(
    'previewRule',
    { ws, body: { rule, sample: false } },
    { enabled: complete, keep: true },
  )
  const data = complete ? query.data : undefined
  return (
    <span className="partition-size" role="status">
      {data && data.count !== null && data.faults.length === 0
        ? t(data.count === 1 ? 'preview.person' : 'preview.people', { n: say.count(data.count) })
        : '—'}
    </span>
  )
}
