// Names with their shares, as random splits and experiments say them.
import type { Say } from '../../use.ts'
import { list, text } from './values.ts'

export const sayShares = (shares: unknown, { t }: Say): string =>
  list(shares)
    .map(s => {
      const { name, percent } = s as { name?: unknown; percent?: unknown }
      return t('say.share', { name: text(name), percent: text(percent) })
    })
    .join(t('say.list'))
