// What a node is called in lists away from its canvas: its own title, else what it sends. Pure; pages say it in words.
import type { NodeData } from './model.ts'
import { NODE_WORDS } from './node-words.ts'

export type NodeName = {
  type: string
  /** null: nobody gave it one */
  title: string | null
  /** by which it sends; in the order in which they are tried */
  channels: string[]
  /** first words of what it sends, with merge fields as they were written; empty: none, or it sends nothing */
  words: string
}

const MOST_WORDS = 120
const textOf = (v: unknown): string => (typeof v === 'string' ? v : '')

/** The first readable words of a message's content; empty where it has none. */
export function firstWords(content: unknown): string {
  const c = content as {
    subject?: unknown
    text?: unknown
    title?: unknown
    template?: { name?: unknown }
    messages?: { text?: unknown; altText?: unknown }[]
  } | null
  const first = c?.messages?.[0]
  const found = [c?.subject, c?.text, c?.title, c?.template?.name, first?.text, first?.altText]
  return found.map(textOf).find(w => w !== '') ?? ''
}

export function nameOfNode(node: NodeData): NodeName {
  const { channel, content, text, options } = node.fields
  const ways = (Array.isArray(options) ? options : [{ channel, content }]) as {
    channel?: unknown
    content?: unknown
  }[]
  const words = textOf(text) || firstWords(ways[0]?.content)
  return {
    type: node.type,
    title: node.title ?? null,
    channels: ways.map(o => textOf(o?.channel)).filter(c => c !== ''),
    words: words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS).trimEnd()}…` : words,
  }
}

/** The node in both languages, for sentences of the server; its id where there is no such node. */
export function sayNode(node: NodeData | undefined, id: string): { zh: string; en: string } {
  if (node === undefined) return { zh: id, en: id }
  const { title, words } = nameOfNode(node)
  const said = title ?? words.replace(/\{\{[^}]*\}\}/g, '〔…〕')
  if (said !== '') return { zh: said, en: said }
  const [zh, en] = (NODE_WORDS as Record<string, readonly [string, string]>)[node.type] ?? [id, id]
  return { zh, en }
}
