// Two journeys as a brand would publish them, used by the demo, the tests and the documentation.
import type { MessageContent } from '../channels/content.ts'
import type { JourneyGraph } from './model.ts'
import { happened } from '../rules/make.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const line = (text: string): MessageContent => ({ channel: 'line', messages: [{ type: 'text', text }] })

const email = (
  subject: string,
  paragraphs: string[],
  button: { label: string; href: string },
): MessageContent => ({
  channel: 'email',
  subject,
  html: [
    "<!doctype html><html lang=\"zh-Hant\"><body style=\"font-family:'PingFang TC','Noto Sans TC','Microsoft JhengHei',sans-serif;line-height:1.7;color:#1f2430;max-width:560px;margin:0 auto;padding:24px\">",
    ...paragraphs.map(p => `<p>${p}</p>`),
    `<p><a href="${button.href}" style="display:inline-block;padding:12px 20px;background:#4c56c0;color:#fff;border-radius:8px;text-decoration:none">${button.label}</a></p>`,
    '<p style="font-size:12px;color:#6b7280">不想再收到這類信件？<a href="{{ unsubscribe_url }}" style="color:#6b7280">取消訂閱</a></p>',
    '</body></html>',
  ].join('\n'),
})

const send = (content: MessageContent) => ({
  channel: content.channel,
  purpose: 'marketing',
  content,
  usefulForMs: 12 * HOUR,
})

const SHOP = 'https://example.com/'

/** An address in Liquid: what the expression gives, else the shop's first page; tracked under a name. */
const link = (expression: string, cta: string): string =>
  `{{ ${expression} | default: '${SHOP}' | track: '${cta}' }}`

/** 購物車未結: something went into the cart and was not paid within the hour: LINE, or e-mail where LINE does not reach. */
export const cartNotPaid: JourneyGraph = {
  format: 1,
  name: '購物車未結提醒',
  trigger: { kind: 'event', event: 'Product Added' },
  reentry: { kind: 'after_exit', coolDownMs: DAY },
  goal: { rule: happened('Order Completed'), exitOnGoal: true },
  exits: [],
  start: 'wait',
  nodes: {
    wait: {
      type: 'wait_event',
      title: '等一小時看是否結帳',
      fields: { event: 'Order Completed', since: 'entry', timeoutMs: HOUR },
      next: { event: null, timeout: 'line' },
    },
    line: {
      type: 'send',
      title: 'LINE 提醒',
      fields: send(
        line(
          `{{ customer.name | default: '您好' }}，「{{ event.props.name | default: '您挑的商品' }}」還在購物車裡等您 🛒\n一小時前放進去的，現在結帳正好：\n${link('event.props.cart_url', 'cart')}`,
        ),
      ),
      next: { accepted: 'window', failed: 'email', skipped: 'email' },
    },
    email: {
      type: 'send',
      title: 'Email 提醒',
      fields: send(
        email(
          "您的購物車還有「{{ event.props.name | default: '商品' }}」",
          [
            "{{ customer.name | default: '您好' }}，",
            "您放進購物車的「{{ event.props.name | default: '商品' }}」還保留著，隨時可以回來結帳。",
          ],
          { label: '回到購物車', href: link('event.props.cart_url', 'cart') },
        ),
      ),
      next: { accepted: 'window' },
    },
    window: {
      type: 'delay',
      title: '三天內購買算達成',
      fields: { ms: 3 * DAY },
      next: { next: null },
    },
  },
}

/** 歡迎新朋友: a welcome on LINE or by e-mail, and after a day a hint that fits what is known by then.
 *  `shopUrl`: where its links lead. `event`: what begins it, a sign-up or a new LINE friend (somebody who unblocks is not a new friend). */
export function welcomeOn(event: 'Signed Up' | 'contact.followed', shopUrl = SHOP): JourneyGraph {
  return {
    format: 1,
    name: event === 'Signed Up' ? '歡迎新會員' : '歡迎新好友',
    trigger:
      event === 'Signed Up'
        ? { kind: 'event', event }
        : { kind: 'event', event, where: [{ path: 'is_unblocked', op: 'is_not', value: true }] },
    reentry: { kind: 'never' },
    goal: { rule: happened('Order Completed'), exitOnGoal: false },
    exits: [{ name: '解除好友', rule: happened('contact.unfollowed') }],
    start: 'line',
    nodes: {
      line: {
        type: 'send',
        title: 'LINE 歡迎訊息',
        fields: send(
          line(
            "{{ customer.name | default: '您好' }}，歡迎加入 {{ workspace.name }} 🎉\n有任何問題，直接在這裡回覆我們就好。",
          ),
        ),
        next: { accepted: 'tag', failed: 'email', skipped: 'email' },
      },
      email: {
        type: 'send',
        title: 'Email 歡迎信',
        fields: send(
          email(
            '歡迎加入 {{ workspace.name }}',
            ["{{ customer.name | default: '您好' }}，", '謝謝您的加入。新會員的第一份推薦已經為您準備好了。'],
            { label: '看看推薦', href: link(`'${shopUrl}'`, 'welcome') },
          ),
        ),
        next: { accepted: 'tag' },
      },
      tag: { type: 'update', title: '標記已歡迎', fields: { addTags: ['已歡迎'] }, next: { next: 'day' } },
      day: {
        type: 'delay',
        title: '隔天上午十點',
        fields: { until: { time: '10:00' } },
        next: { next: 'bought' },
      },
      bought: {
        type: 'split',
        title: '買了嗎？',
        fields: {
          branches: [{ name: '已購買', rule: happened('Order Completed') }],
        },
        next: { 已購買: 'thanks', else: 'hint' },
      },
      thanks: {
        type: 'send',
        title: '感謝首購',
        fields: send(
          line("{{ customer.name | default: '您好' }}，謝謝您的第一筆訂單！到貨後歡迎告訴我們使用心得。"),
        ),
        next: { accepted: 'end' },
      },
      hint: {
        type: 'send',
        title: '人氣商品',
        fields: send(
          line(
            `{{ customer.name | default: '您好' }}，大家最近都在看這些，挑一個喜歡的吧：\n${link(`'${shopUrl}'`, 'popular')}`,
          ),
        ),
        next: { accepted: 'end' },
      },
      end: { type: 'exit', title: '結束', fields: {}, next: {} },
    },
  }
}

export const welcome: JourneyGraph = welcomeOn('Signed Up')

/** 生日祝福: wishes a week before the birthday, and once more on the day to who has not bought since. */
export const birthday: JourneyGraph = {
  format: 1,
  name: '生日祝福',
  trigger: { kind: 'date', trait: 'birthday', offsetDays: -7, time: '10:00', yearly: true },
  reentry: { kind: 'always' },
  goal: { rule: happened('Order Completed'), exitOnGoal: true },
  exits: [],
  start: 'wish',
  nodes: {
    wish: {
      type: 'send',
      title: '提前祝福',
      fields: send(
        line(
          `{{ customer.name | default: '您好' }}，生日快到了 🎂 先挑一份給自己的禮物吧：\n${link(`'${SHOP}'`, 'birthday')}`,
        ),
      ),
      next: { accepted: 'week' },
    },
    week: {
      type: 'wait_event',
      title: '等到生日',
      fields: { event: 'Order Completed', since: 'entry', timeoutMs: 7 * DAY },
      next: { event: null, timeout: 'day' },
    },
    day: {
      type: 'send',
      title: '生日當天',
      fields: send(
        line("{{ customer.name | default: '您好' }}，生日快樂！{{ workspace.name }} 祝您今天開心 🎉"),
      ),
      next: { accepted: null },
    },
  },
}
