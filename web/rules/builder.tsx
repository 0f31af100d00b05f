// The rule builder: a sentence a line, groups by indentation. Chips open in place; lines are moved by dragging, by their
// menu, and by keys on their handle (Alt and arrows, Ctrl-D, Delete). Ctrl-Z undoes.
import { ActionIcon, Button, Group as Row, SegmentedControl, Tooltip } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBraces,
  IconGripVertical,
  IconPlus,
} from '@tabler/icons-react'
import { type DragEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Reason, Rule } from '../../src/rules/model.ts'
import { wallTime } from '../format.ts'
import { useNow, useSay } from '../use.ts'
import './rules.css'
import { AddCondition } from './add-condition.tsx'
import {
  duplicateAt,
  type Group,
  groupOf,
  insertAt,
  isGroup,
  type Leaf,
  lineOf,
  moveBeside,
  moveBy,
  type Move,
  moveOut,
  type Place,
  pointerOf,
  removeAt,
  replaceAt,
  ruleAt,
  toggleNot,
} from './edit.ts'
import type { RuleDraft } from './history.ts'
import { RuleJson } from './json.tsx'
import { type Fault, LeafLine, LineMenu, type LineActs } from './line.tsx'

type Drop = { place: Place; side: -1 | 1 }
type Shared = {
  root: Group
  faults: Fault[]
  why: Reason[]
  journey: boolean
  inForm: boolean
  today: string
  /** what was just added: it opens, or takes the focus */
  fresh: string | null
  write: (root: Rule, step?: string) => void
  go: (move: Move, said: string) => void
  dragging: Place | null
  drag: (place: Place | null) => void
  drop: Drop | null
  over: (drop: Drop | null) => void
}

export function RuleBuilder({
  draft,
  faults = [],
  why = [],
  journey = false,
  inForm = false,
}: {
  draft: RuleDraft
  faults?: Fault[]
  why?: Reason[]
  journey?: boolean
  /** one field among others: hints and undo are the form's */
  inForm?: boolean
}) {
  const { t } = useTranslation()
  const { zone } = useSay()
  const now = useNow()
  const box = useRef<HTMLElement>(null)
  const [json, setJson] = useState(false)
  const [said, say] = useState('')
  const [fresh, setFresh] = useState<string | null>(null)
  const [focus, setFocus] = useState<string | null>(null)
  const [dragging, drag] = useState<Place | null>(null)
  const [drop, over] = useState<Drop | null>(null)
  const { root, write, undo, redo } = draft

  // the handle of the line that was moved keeps the focus, wherever the line went
  useEffect(() => {
    if (focus === null) return
    box.current?.querySelector<HTMLElement>(`[data-handle="${focus}"]`)?.focus()
    setFocus(null)
  }, [focus])

  const go = (move: Move, what: string) => {
    write(move.root)
    say(what)
    setFocus(lineOf(move.root, move.place).join('.'))
  }
  const keys = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.target instanceof HTMLInputElement) return
    const act =
      event.key.toLowerCase() === 'z'
        ? event.shiftKey
          ? redo
          : undo
        : event.key.toLowerCase() === 'y'
          ? redo
          : null
    if (!act) return
    event.preventDefault()
    act()
    say(t(act === undo ? 'ruleEdit.undone' : 'ruleEdit.redone'))
  }
  const add = (group: Place, part: Rule) => {
    const step = (ruleAt(root, group) as Group).rules.length
    write(insertAt(root, group, step, part))
    setFresh([...group, step].join('.'))
    say(t('ruleEdit.added'))
  }
  const shared: Shared = {
    root,
    faults,
    why,
    journey,
    inForm,
    today: wallTime(now, zone).slice(0, 10),
    fresh,
    write,
    go,
    dragging,
    drag,
    drop,
    over,
  }
  return (
    <section ref={box} className="rule-builder" aria-label={t('ruleEdit.builder')} onKeyDown={keys}>
      <Row justify="space-between" gap={8} mb={8} wrap="nowrap">
        <span className="dim rule-hint">{inForm ? '' : t('ruleEdit.hint')}</span>
        <Row gap={2} wrap="nowrap">
          {inForm ? null : (
            <>
              <Tool label={t('ruleEdit.undo')} act={undo} icon={<IconArrowBackUp size={17} />} />
              <Tool label={t('ruleEdit.redo')} act={redo} icon={<IconArrowForwardUp size={17} />} />
            </>
          )}
          <Tooltip label={t('ruleEdit.json')}>
            <ActionIcon
              variant={json ? 'light' : 'subtle'}
              color={json ? undefined : 'gray'}
              aria-label={t('ruleEdit.json')}
              aria-pressed={json}
              onClick={() => setJson(!json)}
            >
              <IconBraces size={17} />
            </ActionIcon>
          </Tooltip>
        </Row>
      </Row>
      {json ? (
        <RuleJson rule={draft.rule} write={rule => write(rule)} />
      ) : (
        <GroupBox place={[]} group={root} shared={shared} add={add} />
      )}
      <div className="visually-hidden" role="status">
        {said}
      </div>
    </section>
  )
}

function Tool({ label, act, icon }: { label: string; act: (() => void) | null; icon: React.ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={label}
        disabled={act === null}
        onClick={act ?? undefined}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  )
}

type GroupProps = { place: Place; group: Group; shared: Shared; add: (group: Place, part: Rule) => void }

function GroupBox({ place, group, shared, add }: GroupProps) {
  const { t } = useTranslation()
  const { root, write } = shared
  return (
    <div className={place.length === 0 ? 'rule-root' : 'rule-group'}>
      {group.rules.length > 1 || place.length > 0 ? (
        <Row gap={8} mb={6}>
          <SegmentedControl
            size="xs"
            aria-label={t('ruleEdit.join')}
            value={group.op}
            data={[
              { value: 'and', label: t('ruleEdit.all') },
              { value: 'or', label: t('ruleEdit.any') },
            ]}
            onChange={op =>
              write(replaceAt(root, place, g => ({ ...(g as Group), op: op === 'or' ? 'or' : 'and' })))
            }
          />
        </Row>
      ) : null}
      {group.rules.length === 0 ? (
        <p className="rule-empty">{t(shared.inForm ? 'ruleEdit.emptyForm' : 'ruleEdit.empty')}</p>
      ) : null}
      <ol className="rule-lines">
        {group.rules.map((rule, i) => (
          <Line
            // lines have no names: where they stand is who they are
            key={[...place, i].join('.')}
            place={[...place, i]}
            rule={rule}
            joined={i === 0 ? null : group.op}
            shared={shared}
            add={add}
          />
        ))}
      </ol>
      <Row gap={8} mt={8}>
        <AddCondition label={t('ruleEdit.add')} add={leaf => add(place, leaf)} />
        {place.length < 5 ? (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() =>
              add(place, {
                op: group.op === 'and' ? 'or' : 'and',
                rules: [{ op: 'tags', is: 'any', tags: [] }],
              })
            }
          >
            {t('ruleEdit.addGroup')}
          </Button>
        ) : null}
      </Row>
    </div>
  )
}

type LineProps = {
  place: Place
  rule: Rule
  joined: 'and' | 'or' | null
  shared: Shared
  add: GroupProps['add']
}

/** The rule below any number of `not`, and whether it is turned round. */
function peel(rule: Rule, place: Place): { inner: Leaf | Group; at: Place; negated: boolean } {
  let inner = rule
  let at = place
  let negated = false
  while (inner.op === 'not') {
    inner = inner.rule
    at = [...at, 0]
    negated = !negated
  }
  return { inner, at, negated }
}

function Line({ place, rule, joined, shared, add }: LineProps) {
  const { t } = useTranslation()
  const { root, faults, why, write, go, dragging, drag, drop, over } = shared
  const { inner, at, negated } = peel(rule, place)
  const pointer = pointerOf(root, at)
  const id = place.join('.')
  const own = faults.filter(f => f.path === pointer || f.path.startsWith(`${pointer}/`))
  const acts: LineActs = {
    not: () => go(toggleNot(root, place), t(negated ? 'ruleEdit.affirmed' : 'ruleEdit.negated')),
    duplicate: () => go(duplicateAt(root, place), t('ruleEdit.duplicated')),
    up: () => go(moveBy(root, place, -1), t('ruleEdit.moved')),
    down: () => go(moveBy(root, place, 1), t('ruleEdit.moved')),
    out: place.length > 1 ? () => go(moveOut(root, place, 1), t('ruleEdit.moved')) : null,
    group: place.length < 6 ? () => go(groupOf(root, place), t('ruleEdit.moved')) : null,
    remove: () => {
      const after = removeAt(root, place)
      go(
        {
          root: after,
          place: ruleAt(after, place) ? place : place.with(-1, Math.max(0, (place.at(-1) ?? 0) - 1)),
        },
        t('ruleEdit.removed'),
      )
    },
  }
  const keys = (event: KeyboardEvent) => {
    const act =
      event.altKey && event.key === 'ArrowUp'
        ? acts.up
        : event.altKey && event.key === 'ArrowDown'
          ? acts.down
          : event.altKey && event.key === 'ArrowRight'
            ? acts.group
            : event.altKey && event.key === 'ArrowLeft'
              ? acts.out
              : event.key === 'Delete' || event.key === 'Backspace'
                ? acts.remove
                : (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'd'
                  ? acts.duplicate
                  : null
    if (!act) return
    event.preventDefault()
    act()
  }
  const dragOver = (event: DragEvent<HTMLElement>) => {
    if (!dragging) return
    event.preventDefault()
    event.stopPropagation()
    const { top, height } = event.currentTarget.getBoundingClientRect()
    over({ place, side: event.clientY < top + height / 2 ? -1 : 1 })
  }
  const marked = drop && drop.place.join('.') === id ? (drop.side === -1 ? ' above' : ' below') : ''
  return (
    <li
      className={`rule-line${marked}${dragging?.join('.') === id ? ' dragging' : ''}`}
      onDragOver={dragOver}
      onDrop={event => {
        event.preventDefault()
        event.stopPropagation()
        if (dragging && drop) go(moveBeside(root, dragging, drop.place, drop.side), t('ruleEdit.moved'))
        drag(null)
        over(null)
      }}
    >
      <button
        type="button"
        className="rule-handle"
        data-handle={id}
        draggable
        aria-label={t('ruleEdit.handle', { n: (place.at(-1) ?? 0) + 1 })}
        aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Alt+ArrowLeft Alt+ArrowRight Delete Control+D"
        onKeyDown={keys}
        onDragStart={event => {
          event.dataTransfer.effectAllowed = 'move'
          event.dataTransfer.setData('text/plain', id)
          drag(place)
        }}
        onDragEnd={() => {
          drag(null)
          over(null)
        }}
      >
        <IconGripVertical size={15} aria-hidden />
      </button>
      <span className="rule-join">{joined ? t(joined === 'and' ? 'ruleEdit.and' : 'ruleEdit.or') : ''}</span>
      <div className="rule-body">
        {negated ? (
          <Tooltip label={t('ruleEdit.affirm')}>
            <button type="button" className="rule-not" onClick={acts.not}>
              {t('ruleEdit.not')}
            </button>
          </Tooltip>
        ) : null}
        {isGroup(inner) ? (
          <GroupBox place={at} group={inner} shared={shared} add={add} />
        ) : (
          <LeafLine
            leaf={inner}
            pointer={pointer}
            faults={own}
            why={why.find(w => w.path === pointer)}
            change={(leaf, step) =>
              write(
                replaceAt(root, at, () => leaf),
                step,
              )
            }
            journey={shared.journey}
            today={shared.today}
            begins={shared.fresh === id}
          />
        )}
      </div>
      <LineMenu
        label={t('ruleEdit.lineMenu', { n: (place.at(-1) ?? 0) + 1 })}
        negated={negated}
        acts={acts}
      />
    </li>
  )
}
