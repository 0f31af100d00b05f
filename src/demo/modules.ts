// The message modules of the demo brand: what a playbook brings along, published, for each of the usual channels.
import type { MessageContent } from '../channels/content.ts'
import { compiled } from '../modules/compile-mail.ts'
import { insertModule, publishModule } from '../modules/store.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import { inTransaction } from '../platform/postgres.ts'

type Made = {
  name: string
  folder: string
  tags: string[]
  purpose: 'marketing' | 'transactional'
  content: MessageContent
}

const modulesOf = (shopUrl: string): Made[] => [
  {
    name: '歡迎卡片',
    folder: '會員/新加入',
    tags: ['歡迎'],
    purpose: 'marketing',
    content: {
      channel: 'line',
      messages: [
        {
          type: 'flex',
          altText: '歡迎加入，給您一份見面禮',
          contents: {
            type: 'bubble',
            size: 'mega',
            body: {
              type: 'box',
              layout: 'vertical',
              spacing: 'md',
              contents: [
                {
                  type: 'text',
                  text: "{{ customer.name | default: '您好' }}，歡迎加入",
                  weight: 'bold',
                  size: 'xl',
                  wrap: true,
                },
                {
                  type: 'text',
                  text: '現在逛逛，最多人買的是「{{ recommendations.top[0].name | default: "本季新品" }}」。',
                  size: 'sm',
                  color: '#555555',
                  wrap: true,
                },
              ],
            },
            footer: {
              type: 'box',
              layout: 'vertical',
              spacing: 'sm',
              contents: [
                {
                  type: 'button',
                  style: 'primary',
                  height: 'sm',
                  color: '#4c56c0',
                  action: { type: 'uri', label: '去逛逛', uri: shopUrl, cta: '歡迎・逛逛' },
                },
              ],
            },
          },
        },
      ],
      locales: {
        en: { messages: [{ type: 'text', text: "Welcome, {{ customer.name | default: 'friend' }}!" }] },
      },
    },
  },
  {
    name: '升等只差一點',
    folder: '會員/等級',
    tags: ['點數', '等級'],
    purpose: 'marketing',
    content: {
      channel: 'line',
      messages: [
        {
          type: 'text',
          text: "{{ customer.name | default: '您好' }}，您有 {{ customer.points }} 點。{% if customer.tier_gap %}再消費 {{ customer.tier_gap | money }} 就能升等。{% endif %}",
        },
      ],
    },
  },
  {
    name: '週報',
    folder: '電子報',
    tags: ['電子報'],
    purpose: 'marketing',
    content: {
      channel: 'email',
      subject: '本週精選',
      html: ' ',
      blocks: [
        { type: 'heading', text: '本週精選' },
        { type: 'text', text: '{{ customer.name | default: "您" }}好，這是大家這週最常買的。' },
        { type: 'products', from: 'top', count: 3, button: '看看' },
        { type: 'footer', text: '您會收到這封信，因為您同意接收我們的訊息。', unsubscribe: '取消訂閱' },
      ],
    },
  },
]

export async function publishModules(core: Core, workspace: Uuid, shopUrl: string): Promise<void> {
  for (const { content, ...given } of modulesOf(shopUrl)) {
    const whole = await compiled(content)
    await inTransaction(core.pool, async sql => {
      const id = await insertModule(
        sql,
        workspace,
        { ...given, channel: content.channel, content: whole },
        'demo',
      )
      await publishModule(sql, workspace, id, { version: 1, note: '' }, 'demo')
    })
  }
}
