// Merge fields beyond attributes: membership, coupon, order, cart, products, stores; each with what it puts into the text.
const field = <K extends string>(key: K, text: string) => ({ key, text })
const LIST = (of: string, name: string) => `{% for p in ${of} limit: 3 %}{{ p.${name} }} {% endfor %}`

export const MERGE_GROUPS = [
  {
    key: 'tier',
    fields: [
      field('points', '{{ customer.points }}'),
      field('tier', '{{ customer.tier }}'),
      field('tierGap', '{{ customer.tier_gap | money }}'),
      field('nextTier', '{{ customer.next_tier }}'),
      field('memberNo', '{{ customer.member_no }}'),
    ],
  },
  {
    key: 'coupon',
    fields: [
      field('couponCode', '{{ coupon.code }}'),
      field('couponEnds', '{{ coupon.ends | date: "%Y-%m-%d", workspace.timezone }}'),
    ],
  },
  {
    key: 'order',
    fields: [
      field('orderNo', '{{ order.no }}'),
      field('orderTotal', '{{ order.total | money }}'),
      field('orderLines', LIST('order.lines', 'name')),
    ],
  },
  {
    key: 'cart',
    fields: [
      field('cartCount', '{{ cart.count }}'),
      field('cartTotal', '{{ cart.total | money }}'),
      field('cartLines', LIST('cart.lines', 'name')),
    ],
  },
  {
    key: 'products',
    fields: [
      field('top', '{{ recommendations.top[0].name }}'),
      field('boughtWith', '{{ recommendations.bought_with[0].name }}'),
      field('recent', '{{ recommendations.recent[0].name }}'),
      field('one', "{{ products['CODE'].name }}"),
      field('price', "{{ products['CODE'].price | money }}"),
      field('slot', '{{ slots.slot1.name }}'),
      field('store', "{{ stores['CODE'].address }}"),
    ],
  },
  {
    key: 'wayOut',
    fields: [field('unsubscribe', '{{ unsubscribe_url }}'), field('preferences', '{{ preferences_url }}')],
  },
] as const
