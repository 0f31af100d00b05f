// Customers: one row a person, made into an `identify`. Every field of a customer's master data is a column.
import { customersOf } from '../store.ts'
import type { Cells, EventTarget, ImportField } from '../model.ts'
import { rowFault } from '../model.ts'

/** Where each field is kept among the traits; identifiers and tags are not traits. */
const TRAIT: Record<string, string> = {
  name: 'name',
  last_name: 'lastName',
  first_name: 'firstName',
  email: 'email',
  phone: 'phone',
  line_uid: 'line_uid',
  gender: 'gender',
  birthday: 'birthday',
  country: 'address.country',
  postal_code: 'address.postalCode',
  city: 'address.city',
  district: 'address.district',
  street: 'address.street',
  company: 'company',
  language: 'locale',
  joined_at: 'createdAt',
  note: 'note',
}

const fields: readonly ImportField[] = [
  {
    key: 'member_no',
    label: { zh: '會員編號', en: 'Member number' },
    type: 'code',
    synonyms: [
      '會員代號',
      '會員卡號',
      '會員id',
      '顧客編號',
      '客戶編號',
      '客戶代號',
      '顧客id',
      'member id',
      'customer id',
      'customer number',
      'user id',
      'userId',
      'external id',
    ],
    example: 'M-0001',
  },
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
      '名稱',
      '全名',
      'name',
      'customer name',
      'display name',
    ],
    example: '王小明',
  },
  {
    key: 'last_name',
    label: { zh: '姓', en: 'Family name' },
    type: 'text',
    synonyms: ['姓氏', 'surname', 'last name', 'lastName'],
  },
  {
    key: 'first_name',
    label: { zh: '名', en: 'Given name' },
    type: 'text',
    synonyms: ['名字', 'first name', 'forename', 'firstName'],
  },
  {
    key: 'phone',
    label: { zh: '手機', en: 'Mobile' },
    type: 'phone',
    synonyms: [
      '手機號碼',
      '行動電話',
      '電話',
      '聯絡電話',
      '連絡電話',
      '會員手機',
      '顧客電話',
      'mobile phone',
      'phone',
      'phone number',
      'cellphone',
      'tel',
      'telephone',
    ],
    example: '0912-345-678',
  },
  {
    key: 'email',
    label: { zh: '電子信箱', en: 'E-mail' },
    type: 'email',
    synonyms: ['email', '電子郵件', 'email 地址', '信箱', '電郵', 'mail', 'email address', '會員信箱'],
    example: 'ming@example.com',
  },
  {
    key: 'line_uid',
    label: { zh: 'LINE 使用者 ID', en: 'LINE user id' },
    type: 'code',
    synonyms: ['line uid', 'line id', 'line user id', 'lineUserId'],
  },
  {
    key: 'gender',
    label: { zh: '性別', en: 'Gender' },
    type: 'text',
    synonyms: ['sex', '稱謂'],
    choices: {
      female: ['女', '女性', '女士', '小姐', 'f', 'female', 'woman'],
      male: ['男', '男性', '先生', 'm', 'male', 'man'],
      other: ['其他', '不便透露', '未填', 'other', 'x', 'unknown', 'unspecified'],
    },
    example: '女',
  },
  {
    key: 'birthday',
    label: { zh: '生日', en: 'Birthday' },
    type: 'date',
    synonyms: ['出生日期', '出生年月日', '會員生日', 'birth date', 'date of birth', 'birthdate', 'dob'],
    example: '1985-03-02',
  },
  {
    key: 'postal_code',
    label: { zh: '郵遞區號', en: 'Postal code' },
    type: 'code',
    synonyms: ['區號', 'zip', 'zip code', 'postcode', 'postalCode'],
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
    synonyms: ['行政區', '地區', '區域', 'district', 'township', '鄉/鎮/市/區'],
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
      'address line 1',
    ],
    example: '和平東路一段 1 號',
  },
  {
    key: 'country',
    label: { zh: '國家', en: 'Country' },
    type: 'text',
    synonyms: ['國家地區', 'country code', 'country/region'],
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
    key: 'updated_at',
    label: { zh: '資料時間', en: 'As of' },
    type: 'time',
    synonyms: ['更新時間', '更新日期', '最後更新時間', 'updated at', 'last updated', 'modified at'],
  },
  {
    key: 'note',
    label: { zh: '備註', en: 'Note' },
    type: 'text',
    synonyms: ['會員備註', '顧客備註', 'notes', 'remark', 'memo'],
  },
]

export const customers: EventTarget = {
  kind: 'events',
  name: 'customers',
  label: { zh: '顧客', en: 'Customers' },
  hint: {
    zh: '一列一位顧客。會員編號、手機、電子信箱、LINE 使用者 ID 至少要有一個。',
    en: 'One row a person. At least one of member number, mobile, e-mail and LINE user id is needed.',
  },
  fields,
  oneOf: ['member_no', 'phone', 'email', 'line_uid'],
  open: 'traits',
  filters: ['tag'],

  toItems(rows, extra, context) {
    const cells = rows[0]!
    const who = ['member_no', 'phone', 'email', 'line_uid'].find(key => cells[key] !== undefined)
    if (who === undefined)
      return { fault: rowFault(null, 'no_identifier', 'The row says of nobody who it is') }
    const traits: Record<string, unknown> = {}
    for (const [key, trait] of Object.entries(TRAIT))
      if (cells[key] !== undefined) put(traits, trait, cells[key])
    Object.assign(traits, extra)
    const at = cells.updated_at ?? new Date(context.now).toISOString()
    const key = `${who}:${String(cells[who])}`
    const person = { userId: cells.member_no, timestamp: at, context: { traits: identifying(traits) } }
    const items = [
      { key: 'customer:' + key, item: { ...person, type: 'identify', traits } },
      ...((cells.tags as string[] | undefined) ?? []).map(tag => ({
        key: `tag:${key}:${tag}`,
        item: { ...person, type: 'track', event: 'tag.applied', properties: { tag } },
      })),
    ]
    return { items }
  },

  async *read(source, filter) {
    for await (const state of customersOf(source)) {
      if (filter.tag !== undefined && !Object.hasOwn(state.tags, filter.tag)) continue
      const cells: Cells = {}
      for (const [key, trait] of Object.entries(TRAIT)) {
        const value = state.traits[trait]?.v
        if (value !== undefined) cells[key] = value
      }
      for (const kind of ['member_no', 'email', 'phone', 'line_uid'] as const) {
        const held = state.ids.find(id => id.kind === kind && id.verified)
        if (held) cells[kind] = held.value
      }
      const tags = Object.keys(state.tags)
      if (tags.length > 0) cells.tags = tags
      yield cells
    }
  },
}

/** What of the traits says who it is. */
function identifying(traits: Record<string, unknown>): Record<string, unknown> {
  const { email, phone, line_uid } = traits
  return { email, phone, line_uid }
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
