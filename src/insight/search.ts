// Search everything: customers, journeys, a message by its id, and the product's own pages.
import { listCustomers } from '../customers/list.ts'
import type { Out } from '../contract.ts'
import type { Handlers } from '../platform/http/handler.ts'
import { bucketOf, parseId, publicId } from '../platform/ids.ts'
import { journeysNamed, messageWithId } from './store.ts'

type Hit = Out<'search'>['items'][number]

const MOST_OF_A_KIND = 8
/** `id` is the page's path in a workspace; words in both languages find it. */
const PAGES: { id: string; zh: string; en: string }[] = [
  { id: 'home', zh: '首頁', en: 'Home' },
  { id: 'customers', zh: '顧客', en: 'Customers' },
  { id: 'quality', zh: '資料品質', en: 'Data quality' },
  { id: 'journeys', zh: '自動化旅程', en: 'Journeys' },
  { id: 'messages', zh: '發送紀錄', en: 'Send ledger' },
  { id: 'metrics', zh: '營運與體驗數據', en: 'Metrics' },
  { id: 'sandbox', zh: '沙盒', en: 'Sandbox' },
  { id: 'catalogue', zh: '商品與門市', en: 'Catalogue' },
  { id: 'sources', zh: '資料來源', en: 'Sources' },
  { id: 'channels', zh: '渠道', en: 'Channels' },
  { id: 'ops', zh: '營運狀態', en: 'Ops' },
  { id: 'settings', zh: '設定', en: 'Settings' },
]

export const pagesFor = (q: string): Hit[] =>
  PAGES.filter(p => p.zh.includes(q) || p.en.toLowerCase().includes(q.toLowerCase())).map(p => ({
    kind: 'page',
    id: p.id,
    title: p.zh,
    detail: p.en,
  }))

export const searchRoutes = {
  async search(call) {
    const { core, workspace, scopes } = call
    const q = call.query.q.normalize('NFKC').trim().slice(0, 200)
    if (q === '') return { items: [] }
    const messageId = scopes.has('messages:read') ? parseId('msg', q) : null
    const [customers, journeys, message] = await Promise.all([
      listCustomers(core, workspace, { q, limit: MOST_OF_A_KIND }),
      scopes.has('journeys:read') ? journeysNamed(core.pool, workspace.id, q, MOST_OF_A_KIND) : [],
      messageId ? messageWithId(core.pool, workspace.id, messageId, bucketOf(messageId)) : null,
    ])
    const items: Hit[] = [
      ...customers.items.map(c => ({
        kind: 'customer' as const,
        id: c.id,
        title: c.name ?? c.memberNo ?? c.email ?? c.phone ?? c.id,
        detail: [c.memberNo, c.email, c.phone].filter(Boolean).join(' · '),
      })),
      ...journeys.map(j => ({
        kind: 'journey' as const,
        id: publicId('jrn', j.id),
        title: j.name,
        detail: j.status,
      })),
      ...(message
        ? [{ kind: 'message' as const, id: q, title: message.channel, detail: message.state }]
        : []),
      ...pagesFor(q),
    ]
    return { items }
  },
} satisfies Handlers
