// Journeys in words: what a trigger, a rule and a node do, as one sentence in the language at hand.
import type { JourneyGraph, NodeData, Trigger } from '../../src/journeys/model.ts'
import type { PropFilter, Rule } from '../../src/rules/model.ts'
import { word } from '../i18n.ts'
import { sayRule } from '../rules/in-words.ts'
import type { Names } from '../rules/names.ts'
import { sayWhere } from '../rules/phrases.ts'
import type { Say } from '../use.ts'

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null)
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Only a graph of the format that this page draws; anything else is told as such. */
export function asGraph(value: unknown): JourneyGraph | null {
  if (typeof value !== 'object' || value === null) return null
  const g = value as Partial<JourneyGraph>
  return g.format === 1 &&
    typeof g.start === 'string' &&
    typeof g.nodes === 'object' &&
    g.nodes !== null &&
    typeof g.trigger === 'object'
    ? (value as JourneyGraph)
    : null
}

export function sayTrigger(trigger: Trigger, say: Say): string {
  const { t } = say
  if (trigger.kind === 'event')
    return t('journeys.whenEvent', { event: word('fact', trigger.event) }) + sayWhere(trigger.where, say)
  const n = trigger.offsetDays
  const offset =
    n === 0
      ? t('journeys.onDay')
      : n < 0
        ? t('journeys.daysBefore', { n: -n })
        : t('journeys.daysAfter', { n })
  return (
    t('journeys.whenDate', { trait: trigger.trait, offset, time: trigger.time }) +
    (trigger.yearly ? t('journeys.yearly') : '')
  )
}

/** 1 is Monday (2024-01-01 was one). */
const weekdays = (days: unknown[], { t, locale }: Say): string =>
  days
    .map(d =>
      typeof d === 'number'
        ? new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }).format(
            new Date(Date.UTC(2024, 0, d)),
          )
        : text(d),
    )
    .join(t('say.list'))

/** The first readable words of a message's content. */
export function contentBrief(content: unknown): string {
  const c = content as {
    channel?: string
    subject?: string
    messages?: { text?: string; altText?: string }[]
  } | null
  if (c?.subject) return c.subject
  const first = c?.messages?.[0]
  return first?.text ?? first?.altText ?? ''
}

export const nodeTitle = (node: NodeData): string => node.title ?? word('node', node.type)

/** What a node does, in one line. */
export function sayNode(node: NodeData, say: Say): string {
  const { t } = say
  const f = node.fields
  switch (node.type) {
    case 'delay': {
      if (number(f.ms) !== null) return t('say.wait', { time: say.duration(number(f.ms) ?? 0) })
      const until = (f.until ?? {}) as { time?: unknown; weekdays?: unknown }
      const days = list(until.weekdays)
      return (
        t('say.until', { time: text(until.time) }) +
        (days.length > 0 ? t('say.onDays', { days: weekdays(days, say) }) : '')
      )
    }
    case 'wait_event': {
      const event = word('fact', text(f.event)) + sayWhere(f.where as PropFilter[] | undefined, say)
      const ms = number(f.timeoutMs)
      return ms === null
        ? t('say.waitEventForever', { event })
        : t('say.waitEvent', { event, time: say.duration(ms) })
    }
    case 'split':
      return t('say.split', {
        branches: list(f.branches)
          .map(b => text((b as { name?: unknown }).name))
          .join(t('say.list')),
      })
    case 'send':
      return t('say.send', { channel: word('channel', text(f.channel)), text: contentBrief(f.content) })
    case 'update': {
      const traits = Object.entries((f.traits ?? {}) as Record<string, unknown>).map(([trait, value]) =>
        t('say.setTrait', { trait, value: text(value) }),
      )
      const add = list(f.addTags).map(tag => t('say.addTag', { tag: text(tag) }))
      const remove = list(f.removeTags).map(tag => t('say.removeTag', { tag: text(tag) }))
      return [...traits, ...add, ...remove].join(t('say.list'))
    }
    case 'throttle':
      return t('say.throttle', { n: number(f.max) ?? 0, per: word('per', text(f.per)) })
    case 'exit':
      return t('say.exit')
    default:
      return Object.keys(f).join(', ')
  }
}

/** All that a node's panel lists: label and words. */
export function nodeDetails(node: NodeData, say: Say, names: Names): { label: string; value: string }[] {
  const { t } = say
  const rows: { label: string; value: string }[] = []
  if (node.type === 'split') {
    for (const branch of list(node.fields.branches)) {
      const b = branch as { name?: unknown; rule?: Rule }
      rows.push({ label: text(b.name), value: b.rule ? sayRule(b.rule, say, names) : '' })
    }
    return rows
  }
  rows.push({ label: word('node', node.type), value: sayNode(node, say) })
  if (node.type === 'send') {
    if (node.fields.purpose === 'marketing' || node.fields.purpose === 'transactional')
      rows.push({ label: t('common.kind'), value: t(`say.${node.fields.purpose}`) })
    const useful = number(node.fields.usefulForMs)
    if (useful !== null)
      rows.push({ label: t('messages.window'), value: t('say.useful', { time: say.duration(useful) }) })
  }
  return rows
}
