// One condition of the builder: its sentence with chips that open, and what can be done with the line.
import { ActionIcon, Button, Group, Menu, Popover, Stack, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconDots, IconPlus, IconX } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Reason } from '../../src/rules/model.ts'
import { useSay } from '../use.ts'
import { ChipForm } from './chip-form.tsx'
import type { Leaf } from './edit.ts'
import { extrasOf, without } from './kinds.ts'
import type { Chip } from './pieces.ts'
import { saySeen } from './in-words.ts'
import { leafPieces } from './sentence.ts'
import { useVocabulary } from './vocabulary.tsx'

export type Fault = {
  path: string
  code: string
  message: { zh: string; en: string }
  alternative?: { zh: string; en: string } | undefined
}

export type LineProps = {
  leaf: Leaf
  /** JSON pointer of the leaf, which faults and reasons begin with */
  pointer: string
  faults: Fault[]
  why: Reason | undefined
  change: (leaf: Leaf, step: string) => void
  journey: boolean
  today: string
  /** a new line asks for its first blank */
  begins: boolean
}

export function LeafLine({ leaf, pointer, faults, why, change, journey, today, begins }: LineProps) {
  const { t } = useTranslation()
  const say = useSay()
  const { names } = useVocabulary()
  const pieces = leafPieces(leaf, say, names)
  const blank = pieces.find((p): p is Chip => typeof p !== 'string' && p.missing === true)
  const [opened, open] = useState<string | null>(begins && blank ? blank.id : null)
  const line = useRef<HTMLDivElement>(null)
  const before = useRef(opened)
  // a form that closes gives the focus to its chip; a new line's opens by itself, so that there is nothing to return to
  useEffect(() => {
    const closed = opened === null ? before.current : null
    before.current = opened
    if (closed === null) return
    const chips = [...(line.current?.querySelectorAll<HTMLElement>('[data-chip]') ?? [])]
    ;(chips.find(chip => chip.dataset.chip === closed) ?? chips[0])?.focus()
  }, [opened])
  const side = say.locale === 'en' ? 'en' : 'zh'
  const faultOf = (chip: Chip): Fault | undefined =>
    faults.find(f => chip.keys.includes(f.path.slice(pointer.length + 1).split('/')[0] ?? ''))
  const extras = extrasOf(leaf)
  return (
    <div className="rule-leaf" ref={line}>
      <div className="rule-words">
        {pieces.map((piece, i) =>
          typeof piece === 'string' ? (
            piece.trim() === '' ? null : (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same words may stand twice, as between filters
              <span key={i}>{piece.trim()}</span>
            )
          ) : (
            <Popover
              key={piece.id}
              opened={opened === piece.id}
              onChange={is => open(is ? piece.id : null)}
              position="bottom-start"
              trapFocus
              shadow="md"
              withinPortal
            >
              <Popover.Target>
                <button
                  type="button"
                  data-chip={piece.id}
                  className={`rule-chip${piece.missing ? ' open' : ''}${faultOf(piece) ? ' wrong' : ''}`}
                  aria-expanded={opened === piece.id}
                  aria-haspopup="dialog"
                  onClick={() => open(opened === piece.id ? null : piece.id)}
                >
                  {piece.text}
                </button>
              </Popover.Target>
              <Popover.Dropdown className="rule-form" aria-label={piece.text}>
                <Stack gap={8}>
                  <ChipForm
                    leaf={leaf}
                    chip={piece}
                    change={next => change(next, `${pointer} ${piece.id}`)}
                    journey={journey}
                    today={today}
                  />
                  <Group justify="space-between" gap={8}>
                    {without(leaf, piece.id) ? (
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        color="gray"
                        onClick={() => {
                          const less = without(leaf, piece.id)
                          open(null)
                          if (less) change(less, `${pointer} ${piece.id} less`)
                        }}
                      >
                        {t('ruleEdit.removePart')}
                      </Button>
                    ) : (
                      <span />
                    )}
                    <Button size="compact-xs" variant="light" onClick={() => open(null)}>
                      {t('ruleEdit.done')}
                    </Button>
                  </Group>
                </Stack>
              </Popover.Dropdown>
            </Popover>
          ),
        )}
        {extras.length > 0 ? (
          <Menu position="bottom-start" withinPortal withInitialFocusPlaceholder={false}>
            <Menu.Target>
              <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t('ruleEdit.addPart')}>
                <IconPlus size={14} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {extras.map(({ extra, chip, leaf: next }) => (
                <Menu.Item
                  key={extra}
                  onClick={() => {
                    change(next, `${pointer} ${extra}`)
                    open(chip)
                  }}
                >
                  {t(`ruleExtra.${extra}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        ) : null}
        {why ? (
          <span className={`rule-why ${why.value ? 'tone-good' : 'tone-bad'}`}>
            {why.value ? <IconCheck size={14} aria-hidden /> : <IconX size={14} aria-hidden />}
            {t(why.value ? 'ruleEdit.holds' : 'ruleEdit.holdsNot')} ·{' '}
            {t('ruleEdit.seen', { seen: saySeen(why.seen, leaf, say, names) })}
          </span>
        ) : null}
      </div>
      {faults.map(f => (
        <div key={f.path + f.code} className="rule-fault" role="alert">
          <IconAlertTriangle size={14} aria-hidden />
          <span>
            {f.message[side]}
            {f.alternative ? (
              <div className="dim">{t('ruleEdit.instead', { text: f.alternative[side] })}</div>
            ) : null}
          </span>
        </div>
      ))}
    </div>
  )
}

export type LineActs = {
  not: () => void
  duplicate: () => void
  up: () => void
  down: () => void
  out: (() => void) | null
  group: (() => void) | null
  remove: () => void
}

/** What the menu at the end of a line offers, with the keys that do the same on its handle. */
export function LineMenu({ label, negated, acts }: { label: string; negated: boolean; acts: LineActs }) {
  const { t } = useTranslation()
  return (
    <Menu position="bottom-end" withinPortal withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Tooltip label={t('ruleEdit.more')}>
          <ActionIcon variant="subtle" color="gray" aria-label={label}>
            <IconDots size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={acts.not}>{t(negated ? 'ruleEdit.affirm' : 'ruleEdit.negate')}</Menu.Item>
        <Menu.Item onClick={acts.duplicate} rightSection={<Keys keys="Ctrl D" />}>
          {t('ruleEdit.duplicate')}
        </Menu.Item>
        <Menu.Item onClick={acts.up} rightSection={<Keys keys="Alt ↑" />}>
          {t('ruleEdit.up')}
        </Menu.Item>
        <Menu.Item onClick={acts.down} rightSection={<Keys keys="Alt ↓" />}>
          {t('ruleEdit.down')}
        </Menu.Item>
        {acts.group ? (
          <Menu.Item onClick={acts.group} rightSection={<Keys keys="Alt →" />}>
            {t('ruleEdit.intoGroup')}
          </Menu.Item>
        ) : null}
        {acts.out ? (
          <Menu.Item onClick={acts.out} rightSection={<Keys keys="Alt ←" />}>
            {t('ruleEdit.outOfGroup')}
          </Menu.Item>
        ) : null}
        <Menu.Item className="tone-bad" onClick={acts.remove} rightSection={<Keys keys="Del" />}>
          {t('ruleEdit.remove')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

const Keys = ({ keys }: { keys: string }) => <kbd className="kbd">{keys}</kbd>
