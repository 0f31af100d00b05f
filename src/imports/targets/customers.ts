// Customers: one row a person, made into an `identify`. Every field of a customer's master data is a column.
import type { CustomerState } from '../../customers/model.ts'
import type { Cells, EventTarget, ImportField, Item } from '../model.ts'
import { splitName } from '../names.ts'
import { customersOf } from '../people.ts'
import {
  CARD_NO,
  CARRIER,
  EMAIL,
  LINE_UID,
  MEMBER_NO,
  nobody,
  PHONE,
  personOf,
  SHOP,
  SHOP_CUSTOMER,
  WHO_KEYS,
} from './who.ts'

/** Where each field is kept among the traits; identifiers, consents and tags are not traits. */
const TRAIT: Record<string, string> = {
  name: 'name',
  last_name: 'last_name',
  first_name: 'first_name',
  gender: 'gender',
  birthday: 'birthday',
  country: 'address.country',
  postal_code: 'address.postal_code',
  city: 'address.city',
  district: 'address.district',
  street: 'address.street',
  company: 'company',
  language: 'language',
  joined_at: 'joined_at',
  note: 'note',
}
/** Consents of a row, by channel. */
const CONSENT: Record<string, string> = { email_consent: 'email', sms_consent: 'sms', line_consent: 'line' }

const fields: readonly ImportField[] = [
  MEMBER_NO,
  {
    key: 'name',
    label: { zh: '姓名', en: 'Full name' },
    type: 'name',
    synonyms: [
      '中文姓名',
      '會員姓名',
      '顧客姓名',
      '客戶姓名',
      '客戶名稱',
      '會員名稱',
      '全名',
      'name',
      'customer name',
      'display name',
    ],
    example: '王小明',
  },
  { key: 'last_name', label: { zh: '姓', en: 'Family name' }, type: 'text', synonyms: ['姓氏', 'surname'] },
  { key: 'first_name', label: { zh: '名', en: 'Given name' }, type: 'text', synonyms: ['名字', 'forename'] },
  PHONE,
  EMAIL,
  LINE_UID,
  CARD_NO,
  CARRIER,
  SHOP_CUSTOMER,
  SHOP,
  {
    key: 'gender',
    label: { zh: '性別', en: 'Gender' },
    type: 'text',
    synonyms: ['sex', '稱謂'],
    choices: {
      female: ['女', '女性', '女士', '小姐', 'f', 'woman'],
      male: ['男', '男性', '先生', 'm', 'man'],
      other: ['其他', '不便透露', '未填', '不公開', 'x', 'unknown', 'unspecified'],
    },
    example: '女',
  },
  {
    key: 'birthday',
    label: { zh: '生日', en: 'Birthday' },
    type: 'date',
    synonyms: ['出生日期', '出生年月日', '會員生日', 'birth date', 'date of birth', 'dob'],
    example: '1985-03-02',
  },
  {
    key: 'postal_code',
    label: { zh: '郵遞區號', en: 'Postal code' },
    type: 'code',
    synonyms: ['區號', 'zip', 'zip code', 'postcode'],
    example: '106',
  },
  {
    key: 'city',
    label: { zh: '縣市', en: 'City or county' },
    type: 'text',
    synonyms: ['城市', '居住縣市', '居住地區', 'city', 'county', '縣/市'],
    example: '台北市',
  },
  {
    key: 'district',
    label: { zh: '鄉鎮市區', en: 'District' },
    type: 'text',
    synonyms: ['行政區', '地區', '區域', 'township', '鄉/鎮/市/區'],
    example: '大安區',
  },
  {
    key: 'street',
    label: { zh: '地址', en: 'Street address' },
    type: 'text',
    synonyms: [
      '街道地址',
      '詳細地址',
      '通訊地址',
      '聯絡地址',
      '完整地址',
      '住址',
      'address',
      'address1',
      'street',
    ],
    example: '和平東路一段 1 號',
  },
  {
    key: 'country',
    label: { zh: '國家', en: 'Country' },
    type: 'text',
    synonyms: ['國家地區', 'country code'],
  },
  {
    key: 'company',
    label: { zh: '公司', en: 'Company' },
    type: 'text',
    synonyms: ['公司名稱', 'company name'],
  },
  {
    key: 'language',
    label: { zh: '語言', en: 'Language' },
    type: 'text',
    synonyms: ['locale', '慣用語言', 'preferred language'],
  },
  {
    key: 'joined_at',
    label: { zh: '加入時間', en: 'Joined' },
    type: 'time',
    synonyms: [
      '註冊時間',
      '註冊日期',
      '加入日期',
      '入會日期',
      '入會日',
      '建立時間',
      '建立日期',
      '會員註冊日期',
      'created at',
      'registered at',
      'signup date',
      'join date',
      'registration date',
    ],
  },
  {
    key: 'tags',
    label: { zh: '標籤', en: 'Tags' },
    type: 'list',
    synonyms: ['會員標籤', '顧客標籤', 'tag', 'labels'],
    example: 'VIP;茶友',
  },
  {
    key: 'email_consent',
    label: { zh: '同意電子郵件行銷', en: 'Consent to e-mail marketing' },
    type: 'yes_no',
    synonyms: [
      '訂閱電子報',
      '同意電子報',
      '同意email',
      '電子報',
      '接受電子報',
      'accepts email marketing',
      'accepts marketing',
      'email opt in',
    ],
    example: '是',
  },
  {
    key: 'sms_consent',
    label: { zh: '同意簡訊行銷', en: 'Consent to SMS marketing' },
    type: 'yes_no',
    synonyms: ['接受簡訊', '同意簡訊', '訂閱簡訊', 'accepts sms marketing', 'sms opt in'],
  },
  {
    key: 'line_consent',
    label: { zh: '同意 LINE 行銷', en: 'Consent to LINE marketing' },
    type: 'yes_no',
    synonyms: ['接受line訊息', '同意line', 'line opt in'],
  },
  {
    key: 'updated_at',
    label: { zh: '資料時間', en: 'As of' },
    type: 'time',
    synonyms: ['更新時間', '更新日期', '最後更新時間', 'last updated', 'modified at'],
  },
  {
    key: 'note',
    label: { zh: '備註', en: 'Note' },
    type: 'text',
    synonyms: ['會員備註', '顧客備註', 'notes', 'memo'],
  },
]

export const customers: EventTarget = {
  kind: 'events',
  name: 'customers',
  label: { zh: '顧客', en: 'Customers' },
  hint: {
    zh: '一列一位顧客。會員編號、手機、電子信箱、LINE 使用者 ID、卡號、載具至少要有一個。',
    en: 'One row a person. At least one of member number, mobile, e-mail, LINE user id, card and carrier is needed.',
  },
  fields,
  oneOf: WHO_KEYS,
  open: 'traits',
  filters: ['tag'],

  toItems(rows, extra) {
    const cells = rows[0]!
    const who = personOf(cells)
    if (!who) return { fault: nobody(false) }
    const traits: Record<string, unknown> = { ...who.person.context.traits }
    for (const [key, trait] of Object.entries(TRAIT))
      if (cells[key] !== undefined) put(traits, trait, cells[key])
    if (typeof cells.name === 'string' && cells.last_name === undefined && cells.first_name === undefined) {
      const parts = splitName(cells.name)
      if (parts) Object.assign(traits, { last_name: parts.family, first_name: parts.given })
    }
    Object.assign(traits, extra)
    const at = cells.updated_at === undefined ? {} : { timestamp: cells.updated_at }
    const items: Item[] = [
      { key: 'customer:' + who.key, item: { ...who.person, ...at, type: 'identify', traits } },
    ]
    const tell = (key: string, event: string, properties: Record<string, unknown>) =>
      items.push({
        key: `${key}:${who.key}`,
        item: { ...who.person, ...at, type: 'track', event, properties },
      })
    for (const tag of (cells.tags ?? []) as string[]) tell('tag:' + tag, 'tag.applied', { tag })
    for (const [key, channel] of Object.entries(CONSENT))
      if (cells[key] !== undefined)
        tell(`consent:${channel}/marketing`, cells[key] ? 'consent.granted' : 'consent.refused', {
          channel,
          purpose: 'marketing',
        })
    return { items }
  },

  async *read(source, filter) {
    for await (const state of customersOf(source)) {
      if (filter.tag !== undefined && !Object.hasOwn(state.tags, filter.tag)) continue
      yield customerCells(state)
    }
  },
}

/** A customer as a row: what would make it again. */
export function customerCells(state: CustomerState): Cells {
  const cells = whoOf(state)
  for (const [key, trait] of Object.entries(TRAIT)) {
    const value = state.traits[trait]?.v
    if (value !== undefined) cells[key] = value
  }
  const tags = Object.keys(state.tags)
  if (tags.length > 0) cells.tags = tags
  for (const [key, channel] of Object.entries(CONSENT)) {
    const held = state.consent[`${channel}/marketing`]
    if (held) cells[key] = held.on
  }
  return cells
}

/** The identifiers of a customer as cells; of several of a kind the first. */
export function whoOf(state: CustomerState): Cells {
  const cells: Cells = {}
  for (const kind of WHO_KEYS) {
    const held =
      state.ids.find(id => id.kind === kind && id.verified) ?? state.ids.find(id => id.kind === kind)
    if (held) cells[kind] = held.value
  }
  const shop = state.ids.find(id => id.kind === 'user_id' && /^[a-z0-9]+:./.test(id.value))
  if (shop) {
    const at = shop.value.indexOf(':')
    cells.shop = shop.value.slice(0, at)
    cells.shop_customer = shop.value.slice(at + 1)
  }
  return cells
}

/** `address.city` into { address: { city } }. */
function put(traits: Record<string, unknown>, path: string, value: unknown): void {
  const [outer, inner] = path.split('.') as [string, string?]
  if (inner === undefined) traits[outer] = value
  else {
    const nested = (traits[outer] ??= {}) as Record<string, unknown>
    nested[inner] = value
  }
}
