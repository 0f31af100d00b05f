// Who is in the ready segments and who is not: what people do, and how they take messages.
import { type Cases, HOURS, look, agrees, message, visit, writes, replies } from './happens.ts'

export const behaviour: Record<string, Cases> = {
  high_potential: {
    with: { visits: 3, views: 5 },
    people: [
      [
        'five views and a cart',
        'in',
        p => look(p, '茶葉', 5),
        p => p.does('Product Added', { product_id: 'P1' }),
      ],
      [
        'four views and a cart',
        'out',
        p => look(p, '茶葉', 4),
        p => p.does('Product Added', { product_id: 'P1' }),
      ],
      [
        'three visits and a wish',
        'in',
        p => look(p),
        p => p.days(1),
        p => look(p),
        p => p.days(1),
        p => look(p),
        p => p.does('Product Added to Wishlist', { product_id: 'P1' }),
      ],
      [
        'two visits and a wish',
        'out',
        p => look(p),
        p => p.days(1),
        p => look(p),
        p => p.does('Product Added to Wishlist', { product_id: 'P1' }),
      ],
      [
        'a click and a cart',
        'in',
        p => p.does('Product Added', { product_id: 'P1' }),
        p => message(p, 'clicked'),
      ],
      ['a click alone', 'out', p => p.join(), p => message(p, 'clicked')],
      [
        'who bought',
        'out',
        p => look(p, '茶葉', 5),
        p => p.does('Product Added', { product_id: 'P1' }).buys(),
      ],
      [
        '30 days later',
        'out',
        p => look(p, '茶葉', 5),
        p => p.does('Product Added', { product_id: 'P1' }).days(30),
      ],
    ],
  },
  cart_not_paid: {
    people: [
      ['an hour ago', 'in', p => p.does('Product Added', { product_id: 'P1' }).days(HOURS(1))],
      ['a little less', 'out', p => p.does('Product Added', { product_id: 'P1' }).days(HOURS(1, -1))],
      ['three days ago', 'out', p => p.does('Product Added', { product_id: 'P1' }).days(3)],
      ['ordered', 'out', p => p.does('Product Added', { product_id: 'P1' }).days(HOURS(1)).buys()],
    ],
  },
  checkout_not_paid: {
    people: [
      ['an hour ago', 'in', p => p.does('Checkout Started').days(HOURS(1))],
      ['a little less', 'out', p => p.does('Checkout Started').days(HOURS(1, -1))],
      ['ordered', 'out', p => p.does('Checkout Started').buys().days(HOURS(1))],
    ],
  },
  viewed_not_bought: {
    people: [
      ['within 7 days', 'in', p => look(p), p => p.days(7, -1)],
      ['7 days ago', 'out', p => look(p), p => p.days(7)],
      ['bought', 'out', p => look(p), p => p.buys()],
    ],
  },
  viewed_often_not_bought: {
    people: [
      ['three times', 'in', p => look(p, '茶葉', 3)],
      ['twice', 'out', p => look(p, '茶葉', 2)],
      ['bought', 'out', p => look(p, '茶葉', 3), p => p.buys()],
    ],
  },
  wishlist_not_bought: {
    people: [
      ['within 30 days', 'in', p => p.does('Product Added to Wishlist', { product_id: 'P1' }).days(30, -1)],
      ['30 days ago', 'out', p => p.does('Product Added to Wishlist', { product_id: 'P1' }).days(30)],
      ['bought', 'out', p => p.does('Product Added to Wishlist', { product_id: 'P1' }).buys()],
    ],
  },
  engaged_visitors: {
    people: [
      ['two engaged visits', 'in', p => visit(p), p => p.days(1), p => visit(p)],
      ['one', 'out', p => visit(p)],
      ['14 days ago', 'out', p => visit(p), p => visit(p.days(1)), p => p.days(14)],
    ],
  },
  store_visitors: {
    people: [
      ['within 30 days', 'in', p => p.does('Store Visited', { store: 'TPE01' }).days(30, -1)],
      ['30 days ago', 'out', p => p.does('Store Visited', { store: 'TPE01' }).days(30)],
    ],
  },
  active_lately: {
    people: [
      ['within 30 days', 'in', p => look(p), p => p.days(30, -1)],
      ['30 days ago', 'out', p => look(p), p => p.days(30)],
      ['wrote on LINE', 'in', p => writes(p)],
      ['only spoken of', 'out', p => agrees(p.join(), 'email')],
    ],
  },
  opened_or_clicked: {
    people: [
      ['opened', 'in', p => p.join(), p => message(p, 'opened'), p => p.days(30, -1)],
      ['clicked', 'in', p => p.join(), p => message(p, 'clicked')],
      ['30 days ago', 'out', p => p.join(), p => message(p, 'opened'), p => p.days(30)],
      ['sent only', 'out', p => p.join(), p => message(p, 'accepted')],
    ],
  },
  sent_not_opened: {
    people: [
      [
        'three',
        'in',
        p => p.join(),
        p => message(p, 'accepted', 1),
        p => message(p, 'accepted', 2),
        p => message(p, 'accepted', 3),
      ],
      ['two', 'out', p => p.join(), p => message(p, 'accepted', 1), p => message(p, 'accepted', 2)],
      [
        'opened one',
        'out',
        p => p.join(),
        p => message(p, 'accepted', 1),
        p => message(p, 'accepted', 2),
        p => message(p, 'accepted', 3),
        p => message(p, 'opened', 3),
      ],
    ],
  },
  not_contacted: {
    people: [
      ['never', 'in', p => p.join()],
      ['14 days ago', 'in', p => p.join(), p => message(p, 'accepted'), p => p.days(14)],
      ['a little less', 'out', p => p.join(), p => message(p, 'accepted'), p => p.days(14, -1)],
    ],
  },
  waiting_for_reply: {
    people: [
      ['for 4 hours', 'in', p => writes(p), p => p.days(HOURS(4))],
      ['a little less', 'out', p => writes(p), p => p.days(HOURS(4, -1))],
      [
        'told by a chat tool',
        'in',
        p => p.told('conversation.received', { from: 'customer' }),
        p => p.days(HOURS(4)),
      ],
      ['answered', 'out', p => writes(p), p => p.days(HOURS(5)), p => replies(p)],
      [
        'wrote again after the answer',
        'in',
        p => writes(p),
        p => p.days(HOURS(1)),
        p => replies(p),
        p => p.days(HOURS(1)),
        p => writes(p),
        p => p.days(HOURS(4)),
      ],
      ['7 days ago', 'out', p => writes(p), p => p.days(7)],
    ],
  },
}
