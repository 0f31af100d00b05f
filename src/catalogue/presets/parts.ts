// What the journeys of all presets are put together from.
import type { NodeData, Reentry, Trigger } from '../../journeys/model.ts'
import type { Preset, PresetEvent } from '../model.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** A LINE message; the next node follows whatever comes of it. */
export const line = (
  title: string,
  text: string,
  next: string | null,
  purpose: 'marketing' | 'transactional' = 'transactional',
): NodeData => ({
  type: 'send',
  title,
  fields: {
    channel: 'line',
    purpose,
    content: { channel: 'line', messages: [{ type: 'text', text }] },
    usefulForMs: 12 * HOUR,
  },
  next: { accepted: next },
})

export const waitFor = (
  title: string,
  event: string,
  timeoutMs: number,
  next: { event: string | null; timeout: string | null },
): NodeData => ({ type: 'wait_event', title, fields: { event, since: 'entry', timeoutMs }, next })

export const wait = (title: string, ms: number, next: string | null): NodeData => ({
  type: 'delay',
  title,
  fields: { ms },
  next: { next },
})

export const tag = (title: string, name: string, next: string | null): NodeData => ({
  type: 'update',
  title,
  fields: { addTags: [name] },
  next: { next },
})

export const on = (event: string, where?: Extract<Trigger, { kind: 'event' }>['where']): Trigger => ({
  kind: 'event',
  event,
  ...(where ? { where } : {}),
})
export const again: Reentry = { kind: 'always' }

export const event = (
  name: string,
  zh: string,
  en: string,
  channel: string | null,
  props: string[],
): PresetEvent => ({ name, label: { zh, en }, channel, props })

export const named = (code: string, zh: string, en: string) => ({ code, label: { zh, en } })

export const touchpoint = (
  code: string,
  zh: string,
  en: string,
  channel: string,
): Preset['touchpoints'][number] => ({ code, label: { zh, en }, channel })
