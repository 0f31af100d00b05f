// A partition is written: ordered groups with a rule each, moved by dragging or keys, and the rest. Sizes are beside them.
import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconChevronDown, IconChevronUp, IconGripVertical, IconPlus } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Rule } from '../../src/rules/model.ts'
import { useApi } from '../api/queries.ts'
import { RuleBuilder } from '../rules/builder.tsx'
import { useRuleDraft } from '../rules/history.ts'
import { sayRule } from '../rules/in-words.ts'
import { isComplete } from '../rules/sentence.ts'
import { useVocabulary } from '../rules/vocabulary.tsx'
import { useSay } from '../use.ts'
import type { Definition, SegmentDetail } from './parts.tsx'
import { Faults } from './publish.tsx'
import { RemoveButton } from '../parts/table.tsx'

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
            <div className="partition-head">
              <button
                type="button"
                className="rule-handle"
                data-group={group.id}
                draggable
                aria-label={t('segmentEdit.moveGroup', { n: i + 1 })}
                aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
                onDragStart={event => {
                  event.dataTransfer.effectAllowed = 'move'
                  event.dataTransfer.setData('text/plain', group.key)
                  drag(group.id)
                }}
                onDragEnd={() => {
                  drag(null)
                  setOver(null)
                }}
                onKeyDown={event => {
                  const by = !event.altKey
                    ? 0
                    : event.key === 'ArrowUp'
                      ? -1
                      : event.key === 'ArrowDown'
                        ? 1
                        : 0
                  if (by === 0) return
                  event.preventDefault()
                  move(group.id, i + by)
                }}
              >
                <IconGripVertical size={15} aria-hidden />
              </button>
              <Text c="dimmed">{i + 1}</Text>
              <TextInput
                size="xs"
                aria-label={`${t('segmentEdit.groupOf', { n: i + 1 })} ${t('segmentEdit.groupName')}`}
                placeholder={t('segmentEdit.groupName')}
                value={group.name}
                onChange={e => set(groups.with(i, { ...group, name: e.currentTarget.value }))}
              />
              <TextInput
                size="xs"
                className="key"
                classNames={{ input: 'mono' }}
                aria-label={`${t('segmentEdit.groupOf', { n: i + 1 })} ${t('segmentEdit.groupKey')}`}
                value={group.key}
                onChange={e => set(groups.with(i, { ...group, key: e.currentTarget.value }))}
              />
              <Size ws={ws} rule={groupRule(rules, i)} />
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-expanded={opened === group.id}
                aria-label={`${t('segmentEdit.groupOf', { n: i + 1 })} ${t(opened === group.id ? 'segmentEdit.close' : 'segmentEdit.open')}`}
                onClick={() => open(opened === group.id ? null : group.id)}
              >
                {opened === group.id ? <IconChevronUp size={16} /> : <IconChevronDown size={16} />}
              </ActionIcon>
              <RemoveButton
                disabled={groups.length === 1}
                label={t('segmentEdit.removeGroup', { n: i + 1 })}
                run={() => set(groups.toSpliced(i, 1))}
              />
            </div>
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
        <li className="partition-group">
          <div className="partition-head">
            <span />
            <Text c="dimmed">{groups.length + 1}</Text>
            <TextInput
              size="xs"
              aria-label={t('segmentEdit.restName')}
              placeholder={t('segments.rest')}
              value={draft.restName}
              onChange={e => onChange({ ...draft, restName: e.currentTarget.value })}
            />
            <Text size="sm" c="dimmed" className="key">
              {t('segmentEdit.restText')}
            </Text>
            <Size ws={ws} rule={groupRule(rules, 'rest')} />
            <span className="partition-gap" />
            <span className="partition-gap" />
          </div>
        </li>
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
