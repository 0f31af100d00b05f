// Where people first came from. Pure.
import type { Rule } from '../../rules/model.ts'
import { live, segment } from './model.ts'

const firstTouch = (kind: string): Rule => ({ op: 'touch', which: 'first', field: 'kind', values: [kind] })

export const fromCampaign = segment({
  key: 'from_campaign',
  family: 'source',
  name: { zh: '從某活動來的', en: 'From a campaign' },
  sentence: { zh: '第一次接觸是活動{campaigns}', en: 'First came by the campaign {campaigns}' },
  purpose: { zh: '追蹤活動帶來的人後來怎麼了。', en: 'Follow what became of them.' },
  params: {
    campaigns: {
      kind: 'names',
      of: 'campaign',
      most: 20,
      label: { zh: '活動', en: 'Campaigns' },
      default: f => f.campaigns.slice(0, 1),
    },
  },
  define: p => live({ op: 'touch', which: 'first', field: 'campaign', values: p.campaigns }),
})

export const fromStoreQr = segment({
  key: 'from_store_qr',
  family: 'source',
  name: { zh: '從門市 QR Code 來的', en: 'From a store’s QR code' },
  sentence: { zh: '第一次接觸是掃門市的 QR Code', en: 'First came by a store’s QR code' },
  purpose: { zh: '線下帶上線的成果。', en: 'What the stores brought online.' },
  params: {},
  define: () => live(firstTouch('store_qr')),
})

export const fromAds = segment({
  key: 'from_ads',
  family: 'source',
  name: { zh: '從廣告來的', en: 'From an ad' },
  sentence: { zh: '第一次接觸是廣告', en: 'First came by an ad' },
  purpose: { zh: '看廣告買來的人值不值得。', en: 'Whether bought attention pays.' },
  params: {},
  define: () => live(firstTouch('ad')),
})

export const fromSearch = segment({
  key: 'from_search',
  family: 'source',
  name: { zh: '從搜尋來的', en: 'From a search engine' },
  sentence: { zh: '第一次接觸是搜尋引擎', en: 'First came by a search engine' },
  purpose: { zh: '主動找上門的人。', en: 'Those who came looking.' },
  params: {},
  define: () => live(firstTouch('search')),
})
