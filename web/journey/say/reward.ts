// Words of the reward.
import { IconGift } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'
import { text } from './values.ts'

export const reward: NodeSay = {
  icon: IconGift,
  begin: () => ({ give: 'coupon' }),
  line: (f, { t }, names) =>
    f.give === 'points'
      ? t('say.givePoints', { points: text(f.points) })
      : t('say.giveCoupon', { coupon: names.coupon(text(f.coupon)) }),
}
