// The palette: node types by family, found by typing. As a list beside the canvas (drag, or press to add), and as a dialog
// opened by the + of an edge.
import { Modal, NativeSelect, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { NodeType } from '../../../src/journeys/nodes/type.ts'
import { NODE_TYPES } from '../../../src/journeys/register.ts'
import { i18n, word } from '../../i18n.ts'
import type { Spot } from '../editor/ways.ts'
import { nodeSay } from '../say/register.ts'

export const DRAGGED = 'application/x-itinera-node'

const FAMILIES: NodeType['family'][] = ['message', 'time', 'logic', 'data', 'end']
type Entry = { type: string; family: NodeType['family']; name: string; help: string; text: string }

/** What a type does, in a few words; nothing when nobody wrote any. */
function helpOf(type: string): string {
  const key = `nodeHelp.${type}`
  return i18n.exists(key) ? i18n.t(key as 'nodeHelp.send') : ''
}

function useEntries(search: string): Entry[] {
  const { i18n: current } = useTranslation()
  const language = current.language
  const all = useMemo(
    () =>
      language === ''
        ? []
        : Object.values(NODE_TYPES as Record<string, NodeType>)
            .map(({ type, family }): Entry => {
              const [name, help] = [word('node', type), helpOf(type)]
              return {
                type,
                family,
                name,
                help,
                text: `${name} ${help} ${type}`.toLowerCase(),
              }
            })
            .sort((a, b) => FAMILIES.indexOf(a.family) - FAMILIES.indexOf(b.family)),
    [language],
  )
  const wanted = search.trim().toLowerCase()
  return wanted === '' ? all : all.filter(e => e.text.includes(wanted))
}

export function PaletteList({ add }: { add: (type: string) => void }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const entries = useEntries(search)
  return (
    <aside className="palette" aria-label={t('canvas.palette')}>
      <TextInput
        size="xs"
        type="search"
        leftSection={<IconSearch size={14} aria-hidden />}
        aria-label={t('canvas.searchNodes')}
        placeholder={t('canvas.searchNodes')}
        value={search}
        onChange={e => setSearch(e.currentTarget.value)}
      />
      <div className="palette-list">
        {FAMILIES.map(family => {
          const own = entries.filter(e => e.family === family)
          return own.length === 0 ? null : (
            <section key={family} aria-label={t(`nodeFamily.${family}`)}>
              <div className="palette-family">{t(`nodeFamily.${family}`)}</div>
              {own.map(e => {
                const Icon = nodeSay(e.type).icon
                return (
                  <button
                    key={e.type}
                    type="button"
                    className={`palette-item family-${e.family}`}
                    title={e.help}
                    draggable
                    onDragStart={event => {
                      event.dataTransfer.setData(DRAGGED, e.type)
                      event.dataTransfer.effectAllowed = 'copy'
                    }}
                    onClick={() => add(e.type)}
                  >
                    <Icon size={16} aria-hidden /> {e.name}
                  </button>
                )
              })}
            </section>
          )
        })}
        {entries.length === 0 ? <p className="dim">{t('canvas.noNode', { search })}</p> : null}
      </div>
    </aside>
  )
}

/** `ways`: the ways on which a node may go, when there is a choice. */
export function PaletteDialog({
  opened,
  close,
  ways,
  take,
}: {
  opened: boolean
  close: () => void
  ways: { spots: Spot[]; name: string }[]
  take: (type: string, spots: Spot[]) => void
}) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={close} title={t('canvas.add')} size="md" yOffset="12vh">
      {opened ? <Choice ways={ways} take={take} /> : null}
    </Modal>
  )
}

function Choice({
  ways,
  take,
}: {
  ways: { spots: Spot[]; name: string }[]
  take: (type: string, spots: Spot[]) => void
}) {
  const { t } = useTranslation()
  const id = useId()
  const [search, setSearch] = useState('')
  const [active, setActive] = useState(0)
  const [way, setWay] = useState(0)
  const entries = useEntries(search)
  const at = Math.min(active, entries.length - 1)
  const choose = (entry: Entry | undefined) => entry && take(entry.type, ways[way]?.spots ?? [])
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setActive(Math.min(at + 1, entries.length - 1))
    else if (event.key === 'ArrowUp') setActive(Math.max(at - 1, 0))
    else if (event.key === 'Enter') choose(entries[at])
    else return
    event.preventDefault()
  }
  return (
    <div className="palette-choice">
      {ways.length > 1 ? (
        <NativeSelect
          size="xs"
          label={t('canvas.onWay')}
          value={String(way)}
          data={ways.map((w, i) => ({ value: String(i), label: w.name }))}
          onChange={e => setWay(Number(e.currentTarget.value))}
        />
      ) : null}
      <TextInput
        data-autofocus
        leftSection={<IconSearch size={15} aria-hidden />}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={entries[at] ? `${id}-${entries[at].type}` : undefined}
        aria-label={t('canvas.searchNodes')}
        placeholder={t('canvas.searchNodes')}
        value={search}
        onChange={e => {
          setSearch(e.currentTarget.value)
          setActive(0)
        }}
        onKeyDown={keys}
      />
      <div id={id} role="listbox" aria-label={t('canvas.palette')} className="palette-options">
        {entries.map((e, i) => {
          const Icon = nodeSay(e.type).icon
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the search field's
            <div
              key={e.type}
              id={`${id}-${e.type}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === at}
              className={`palette-option family-${e.family}`}
              ref={i === at ? el => el?.scrollIntoView({ block: 'nearest' }) : undefined}
              onMouseMove={() => setActive(i)}
              onClick={() => choose(e)}
            >
              <Icon size={18} aria-hidden />
              <span>
                {e.name}
                {e.help ? <span className="dim palette-help">{e.help}</span> : null}
              </span>
              <span className="dim palette-kind">{t(`nodeFamily.${e.family}`)}</span>
            </div>
          )
        })}
        {entries.length === 0 ? <p className="dim">{t('canvas.noNode', { search })}</p> : null}
      </div>
    </div>
  )
}
