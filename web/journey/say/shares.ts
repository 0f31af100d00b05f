// Shares of people in words: names and percents.
import type { Say } from '../../use.ts'
import { list, text } from './values.ts'

export const sayShares = (shares: unknown, { t }: Say): string =>
  list(shares)
    .map(s => {
      const { name, percent } = s as { name?: unknown; percent?: unknown }
      return t('say.share', { name: text(name), percent: text(percent) })
    })
    .join(t('say.list'))

/** With what a new node of this kind begins. */
export const HALVES = [
  { name: 'A', percent: 50 },
  { name: 'B', percent: 50 },
]
