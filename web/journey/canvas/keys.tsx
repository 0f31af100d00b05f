// The keys of the canvas: one list, which both the handler and the help read.
import { Modal } from '@mantine/core'
import type { KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

export type Command =
  | 'walk'
  | 'open'
  | 'add'
  | 'search'
  | 'remove'
  | 'undo'
  | 'redo'
  | 'duplicate'
  | 'all'
  | 'group'
  | 'comment'
  | 'fit'
  | 'layout'
  | 'leave'
  | 'clipboard'
  | 'help'

const KEYS: { command: Command; keys: string[]; shown: string[] }[] = [
  { command: 'walk', keys: ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'], shown: ['↑', '↓', '←', '→'] },
  { command: 'open', keys: ['Enter'], shown: ['Enter'] },
  { command: 'add', keys: ['a', '+'], shown: ['A', '+'] },
  { command: 'search', keys: ['/'], shown: ['/'] },
  { command: 'remove', keys: ['Delete', 'Backspace'], shown: ['Delete'] },
  { command: 'undo', keys: ['mod+z'], shown: ['Ctrl Z'] },
  { command: 'redo', keys: ['mod+shift+z', 'mod+y'], shown: ['Ctrl Shift Z'] },
  { command: 'duplicate', keys: ['mod+d'], shown: ['Ctrl D'] },
  { command: 'all', keys: ['mod+a'], shown: ['Ctrl A'] },
  { command: 'group', keys: ['g'], shown: ['G'] },
  { command: 'comment', keys: ['c'], shown: ['C'] },
  { command: 'fit', keys: ['f'], shown: ['F'] },
  { command: 'layout', keys: ['l'], shown: ['L'] },
  { command: 'leave', keys: ['Escape'], shown: ['Esc'] },
  // these three are the browser's own events (insert.ts)
  { command: 'clipboard', keys: [], shown: ['Ctrl C', 'Ctrl X', 'Ctrl V'] },
  { command: 'help', keys: ['?'], shown: ['?'] },
]

/** The command that a press stands for; typing in a field is none. */
export function commandOf(event: KeyboardEvent): Command | null {
  const { target } = event
  if (target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable="true"]'))
    return null
  if (event.altKey) return null
  const mod = event.ctrlKey || event.metaKey
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const pressed = `${mod ? 'mod+' : ''}${mod && event.shiftKey ? 'shift+' : ''}${key}`
  return KEYS.find(k => k.keys.includes(pressed))?.command ?? null
}

export function KeyHelp({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={close} title={t('canvas.keys')} size="md">
      <dl className="key-help">
        {KEYS.map(k => (
          <div key={k.command}>
            <dt>
              {k.shown.map(s => (
                <kbd key={s} className="kbd">
                  {s}
                </kbd>
              ))}
            </dt>
            <dd>{t(`canvasKey.${k.command}`)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
