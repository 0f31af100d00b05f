// A card of LINE as blocks: what a person puts together without writing JSON. What was not made of blocks stays JSON: whether it
// was is seen by making it again. Pure.
import type { Rule } from '../../../src/rules/model.ts'

export const FLEX_BLOCKS = ['hero', 'title', 'text', 'price', 'button', 'separator'] as const
export type FlexBlock = { when?: Rule } & (
  | { kind: 'hero'; url: string; link: string }
  | { kind: 'title' | 'text'; words: string }
  | { kind: 'price'; label: string; value: string }
  | { kind: 'button'; words: string; link: string; cta: string; style: 'primary' | 'secondary' | 'link' }
  | { kind: 'separator' }
)
export type FlexCard = { size: 'kilo' | 'mega' | 'giga'; blocks: FlexBlock[] }
type Json = Record<string, unknown>

const ACCENT = '#4c56c0'
const uri = (link: string, label?: string, cta?: string): Json => ({
  type: 'uri',
  ...(label === undefined ? {} : { label }),
  uri: link,
  ...(cta ? { cta } : {}),
})
const ruled = (block: FlexBlock, part: Json): Json => (block.when ? { ...part, when: block.when } : part)

function partOf(block: FlexBlock): Json {
  switch (block.kind) {
    case 'hero':
      return {
        type: 'image',
        url: block.url,
        size: 'full',
        aspectRatio: '20:13',
        aspectMode: 'cover',
        ...(block.link ? { action: uri(block.link) } : {}),
      }
    case 'title':
      return { type: 'text', text: block.words, weight: 'bold', size: 'xl', wrap: true }
    case 'text':
      return { type: 'text', text: block.words, size: 'sm', color: '#555555', wrap: true }
    case 'price':
      return {
        type: 'box',
        layout: 'baseline',
        contents: [
          { type: 'text', text: block.label, size: 'sm', color: '#6b7280', flex: 2 },
          { type: 'text', text: block.value, weight: 'bold', align: 'end', flex: 3 },
        ],
      }
    case 'button':
      return {
        type: 'button',
        style: block.style,
        height: 'sm',
        ...(block.style === 'primary' ? { color: ACCENT } : {}),
        action: uri(block.link, block.words, block.cta),
      }
    case 'separator':
      return { type: 'separator', margin: 'md' }
  }
}

function bubbleOf({ size, blocks }: FlexCard): Json {
  const [first] = blocks
  const hero = first?.kind === 'hero' && !first.when ? first : null
  const rest = hero ? blocks.slice(1) : blocks
  const body = rest.filter(b => b.kind !== 'button')
  const buttons = rest.filter(b => b.kind === 'button')
  const box = (list: FlexBlock[], spacing: string): Json => ({
    type: 'box',
    layout: 'vertical',
    spacing,
    contents: list.map(b => ruled(b, partOf(b))),
  })
  return {
    type: 'bubble',
    size,
    ...(hero ? { hero: partOf(hero) } : {}),
    ...(body.length > 0 ? { body: box(body, 'md') } : {}),
    ...(buttons.length > 0 ? { footer: box(buttons, 'sm') } : {}),
  }
}

export const contentsOf = (cards: FlexCard[]): Json =>
  cards.length === 1 ? bubbleOf(cards[0]!) : { type: 'carousel', contents: cards.map(bubbleOf) }

const text = (v: unknown): string => (typeof v === 'string' ? v : '')
const obj = (v: unknown): Json =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Json) : {}
const objs = (v: unknown): Json[] => (Array.isArray(v) ? v.map(obj) : [])

function blockOf(part: Json): FlexBlock | null {
  const when = part.when === undefined ? {} : { when: part.when as Rule }
  switch (part.type) {
    case 'image':
      return { kind: 'hero', url: text(part.url), link: text(obj(part.action).uri), ...when }
    case 'text':
      return { kind: part.weight === 'bold' ? 'title' : 'text', words: text(part.text), ...when }
    case 'box': {
      const [label, value] = objs(part.contents)
      return { kind: 'price', label: text(label?.text), value: text(value?.text), ...when }
    }
    case 'button': {
      const action = obj(part.action)
      const style = part.style === 'primary' || part.style === 'secondary' ? part.style : 'link'
      return {
        kind: 'button',
        words: text(action.label),
        link: text(action.uri),
        cta: text(action.cta),
        style,
        ...when,
      }
    }
    case 'separator':
      return { kind: 'separator', ...when }
    default:
      return null
  }
}

function cardOf(bubble: Json): FlexCard {
  const parts = [
    ...(bubble.hero ? [obj(bubble.hero)] : []),
    ...objs(obj(bubble.body).contents),
    ...objs(obj(bubble.footer).contents),
  ]
  const size = bubble.size === 'kilo' || bubble.size === 'giga' ? bubble.size : 'mega'
  return { size, blocks: parts.flatMap(p => blockOf(p) ?? []) }
}

/** Key order aside. */
const same = (a: unknown, b: unknown): boolean => {
  const sorted = (v: unknown): unknown =>
    Array.isArray(v)
      ? v.map(sorted)
      : typeof v === 'object' && v !== null
        ? Object.fromEntries(
            Object.entries(v)
              .sort(([x], [y]) => (x < y ? -1 : 1))
              .map(([k, w]) => [k, sorted(w)]),
          )
        : v
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}

/** null: these contents were not made of blocks. */
export function cardsOf(contents: unknown): FlexCard[] | null {
  const whole = obj(contents)
  const cards = (whole.type === 'carousel' ? objs(whole.contents) : [whole]).map(cardOf)
  return cards.length > 0 && same(contentsOf(cards), whole) ? cards : null
}

export const newBlock = (kind: FlexBlock['kind']): FlexBlock => {
  switch (kind) {
    case 'hero':
      return { kind, url: 'https://', link: '' }
    case 'title':
    case 'text':
      return { kind, words: '' }
    case 'price':
      return { kind, label: '', value: '' }
    case 'button':
      return { kind, words: '', link: 'https://', cta: '', style: 'primary' }
    case 'separator':
      return { kind }
  }
}
