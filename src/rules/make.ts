// Short ways to write rules that are needed often in code.
import type { PropFilter, Rule } from './model.ts'

/** An event of this name occurred, since the customer entered the journey (or the node). */
export const happened = (event: string, since: 'entry' | 'node' = 'entry', where?: PropFilter[]): Rule => ({
  op: 'event',
  event,
  ...(where === undefined ? {} : { where }),
  window: { in: since },
  measure: { of: 'count', test: { is: 'at_least', value: 1 } },
})

/** It is known. */
export const traitSet = (trait: string): Rule => ({ op: 'trait', trait, type: 'any', test: { is: 'set' } })

/** It is exactly this text. */
export const traitIs = (trait: string, value: string): Rule => ({
  op: 'trait',
  trait,
  type: 'text',
  test: { is: 'equal', value },
})
