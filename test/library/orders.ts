// Who is in the ready segments and who is not: orders and preferences.
import { type Cases, look, line, returnsLine } from './happens.ts'

export const orders: Record<string, Cases> = {
  first_order_only: {
    people: [
      ['30 days ago', 'in', p => p.buys().days(30)],
      ['a little less', 'out', p => p.buys().days(30, -1)],
      ['two', 'out', p => p.buys().buys().days(30)],
      ['none', 'out', p => p.join().days(30)],
    ],
  },
  repeat_buyers: {
    people: [
      ['two', 'in', p => p.buys().buys()],
      ['one', 'out', p => p.buys()],
      ['two, one came back', 'out', p => p.buys().buys().returns()],
    ],
  },
  recent_buyers: {
    people: [
      ['just under 14 days ago', 'in', p => p.buys().days(14, -1)],
      ['14 days ago', 'out', p => p.buys().days(14)],
    ],
  },
  high_order_value: {
    with: { amount: 1_000 },
    people: [
      ['1,001 on average', 'in', p => p.buys(2_000).buys(2)],
      ['1,000 on average', 'out', p => p.buys(1_999).buys(1)],
      ['no orders', 'out', p => p.join()],
    ],
  },
  category_buyers: {
    with: { categories: ['洋裝'] },
    people: [
      ['bought and paid', 'in', p => p.buys(500, { products: [line('洋裝')] })],
      ['not paid yet', 'out', p => p.buys(500, { products: [line('洋裝')], payment_status: 'unpaid' })],
      ['returned', 'out', p => p.buys(500, { products: [line('洋裝')] }).returns()],
      [
        'only this line returned',
        'out',
        p => returnsLine(p.buys(1_000, { products: [line('洋裝'), line('鞋子')] }), '洋裝'),
      ],
      [
        'only the other line returned',
        'in',
        p => returnsLine(p.buys(1_000, { products: [line('洋裝'), line('鞋子')] }), '鞋子'),
      ],
      ['another category', 'out', p => p.buys(500, { products: [line('鞋子')] })],
    ],
  },
  category_due: {
    with: { categories: ['茶葉'], days: 60 },
    people: [
      ['60 days ago', 'in', p => p.buys(500, { products: [line('茶葉')] }).days(60)],
      ['a little less', 'out', p => p.buys(500, { products: [line('茶葉')] }).days(60, -1)],
      [
        'something else since',
        'in',
        p =>
          p
            .buys(500, { products: [line('茶葉')] })
            .days(50)
            .buys(500, { products: [line('茶器')] })
            .days(10),
      ],
      ['never', 'out', p => p.buys(500, { products: [line('茶器')] }).days(60)],
    ],
  },
  omnichannel_shoppers: {
    people: [
      ['both', 'in', p => p.buys(1, { sales_channel: 'online' }).buys(1, { sales_channel: 'store' })],
      ['online', 'out', p => p.buys(1, { sales_channel: 'online' })],
      [
        'both, the store’s came back',
        'out',
        p => p.buys(1, { sales_channel: 'online' }).buys(1, { sales_channel: 'store' }).returns(),
      ],
    ],
  },
  online_only: {
    people: [
      ['online', 'in', p => p.buys(1, { sales_channel: 'online' })],
      ['no channel said: online', 'in', p => p.buys(1)],
      ['both', 'out', p => p.buys(1, { sales_channel: 'online' }).buys(1, { sales_channel: 'store' })],
      ['store', 'out', p => p.buys(1, { sales_channel: 'store' })],
    ],
  },
  store_only: {
    people: [
      ['store', 'in', p => p.buys(1, { sales_channel: 'store' })],
      ['both', 'out', p => p.buys(1, { sales_channel: 'store' }).buys(1, { sales_channel: 'online' })],
      ['online', 'out', p => p.buys(1, { sales_channel: 'online' })],
    ],
  },
  unpaid_orders: {
    people: [
      ['not paid', 'in', p => p.buys(1, { payment_status: 'unpaid' }).days(7, -1)],
      ['7 days ago', 'out', p => p.buys(1, { payment_status: 'unpaid' }).days(7)],
      ['paid', 'out', p => p.buys(1)],
    ],
  },
  often_returned: {
    people: [
      ['two', 'in', p => p.buys().returns().buys().returns()],
      ['one', 'out', p => p.buys().returns()],
      ['placed 180 days ago', 'out', p => p.buys().returns().buys().returns().days(180)],
    ],
  },
  favourite_category: {
    with: { categories: ['茶葉', '茶器'] },
    people: [
      ['looks at leaf tea', 'c1', p => look(p)],
      ['looks at ware most', 'c2', p => look(p), p => look(p, '茶器', 2)],
      ['looks at neither', 'rest', p => look(p, '禮盒')],
      ['did nothing of the kind', 'rest', p => p.join()],
    ],
  },
  category_lovers: {
    with: { categories: ['茶葉'], top: 2 },
    people: [
      ['second favourite', 'in', p => look(p), p => look(p, '茶器', 2)],
      ['third favourite', 'out', p => look(p), p => look(p, '茶器', 2), p => look(p, '禮盒', 2)],
      ['nothing', 'out', p => p.join()],
    ],
  },
  brand_lovers: {
    people: [
      ['its brand', 'in', p => look(p)],
      ['another', 'out', p => p.does('Product Viewed', { product_id: 'P', brand: '別家' })],
    ],
  },
  likes_not_bought: {
    with: { categories: ['茶葉'] },
    people: [
      ['likes it', 'in', p => look(p)],
      ['likes and bought it', 'out', p => look(p), p => p.buys(500, { products: [line('茶葉')] })],
      [
        'bought it and gave it back',
        'in',
        p => look(p),
        p => p.buys(500, { products: [line('茶葉')] }).returns(),
      ],
      ['likes another', 'out', p => look(p, '茶器')],
    ],
  },
}
