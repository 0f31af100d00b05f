// The columns that say whom a row is about, for every target, and what they become in an item. Pure.
import type { Cells, ImportField, RowFault } from '../model.ts'

export const MEMBER_NO: ImportField = {
  key: 'member_no',
  label: { zh: '會員編號', en: 'Member number' },
  type: 'code',
  synonyms: [
    '會員代號',
    '會員id',
    '顧客編號',
    '客戶編號',
    '客戶代號',
    '顧客id',
    'member id',
    'customer id',
    'customer number',
    'user id',
    'external id',
  ],
  example: 'M-0001',
}
export const PHONE: ImportField = {
  key: 'phone',
  label: { zh: '手機', en: 'Mobile' },
  type: 'phone',
  synonyms: [
    '手機號碼',
    '行動電話',
    '電話',
    '電話號碼',
    '聯絡電話',
    '連絡電話',
    '會員手機',
    '顧客電話',
    '顧客手機',
    '訂購人電話',
    '訂購人手機',
    'mobile phone',
    'phone',
    'phone number',
    'cellphone',
    'tel',
    'telephone',
  ],
  example: '0912-345-678',
}
export const EMAIL: ImportField = {
  key: 'email',
  label: { zh: '電子信箱', en: 'E-mail' },
  type: 'email',
  synonyms: [
    '電子郵件',
    '電子郵件地址',
    'email 地址',
    '信箱',
    '電郵',
    'mail',
    'email address',
    '會員信箱',
    '顧客電郵',
    '訂購人信箱',
    '訂購人email',
  ],
  example: 'ming@example.com',
}
export const LINE_UID: ImportField = {
  key: 'line_uid',
  label: { zh: 'LINE 使用者 ID', en: 'LINE user id' },
  type: 'code',
  synonyms: ['line id', 'lineUserId', 'line 識別碼'],
}
export const CARD_NO: ImportField = {
  key: 'card_no',
  label: { zh: '會員卡號', en: 'Member card number' },
  type: 'code',
  synonyms: ['卡號', 'vip 卡號', 'card number', 'loyalty card'],
}
export const CARRIER: ImportField = {
  key: 'carrier',
  label: { zh: '手機條碼載具', en: 'E-invoice carrier' },
  type: 'code',
  synonyms: ['載具', '載具號碼', '手機條碼', '發票載具', 'carrier code', 'invoice carrier'],
  example: '/ABC1234',
}

export const SHOP_CUSTOMER: ImportField = {
  key: 'shop_customer',
  label: { zh: '商店平台顧客編號', en: 'Shop’s own customer number' },
  type: 'code',
  synonyms: ['平台會員編號', 'shop customer id'],
}
/** Which shop platform the number above is of, as its webhooks name it. */
export const SHOP: ImportField = {
  key: 'shop',
  label: { zh: '商店平台', en: 'Shop platform' },
  type: 'code',
  synonyms: ['電商平台'],
  example: 'shopify',
}

/** By any of these somebody is known; the strongest first. */
const BY: readonly ImportField[] = [MEMBER_NO, PHONE, EMAIL, LINE_UID, CARD_NO, CARRIER, SHOP_CUSTOMER]
export const WHO_KEYS: readonly string[] = BY.map(f => f.key)
export const WHO: readonly ImportField[] = [...BY, SHOP]

/** What an item says of whom it is about. */
export type Person = {
  userId?: string
  context: {
    traits: { email?: string; phone?: string; line_uid?: string }
    externalIds?: { type: string; id: string }[]
  }
}

/** `key`: the row's strongest identifier, for the item's own key; null: the row names nobody. */
export function personOf(cells: Cells): { key: string; person: Person } | null {
  const strongest = WHO_KEYS.find(key => cells[key] !== undefined)
  if (strongest === undefined) return null
  const text = (key: string): string | undefined =>
    cells[key] === undefined ? undefined : String(cells[key])
  const externalIds = ['card_no', 'carrier', 'shop_customer'].flatMap(type => {
    const id = text(type)
    return id === undefined
      ? []
      : [{ type, id: type === 'shop_customer' ? `${text('shop') ?? 'shop'}:${id}` : id }]
  })
  const traits: Person['context']['traits'] = {}
  for (const kind of ['email', 'phone', 'line_uid'] as const) {
    const value = text(kind)
    if (value !== undefined) traits[kind] = value
  }
  const person: Person = { context: externalIds.length > 0 ? { traits, externalIds } : { traits } }
  const userId = text('member_no')
  if (userId !== undefined) person.userId = userId
  const shop = strongest === 'shop_customer' ? (text('shop') ?? 'shop') + ':' : ''
  return { key: `${strongest}:${shop}${text(strongest)}`, person }
}

export const nobody = (skip: boolean): RowFault => ({
  field: null,
  code: 'no_identifier',
  detail:
    'The row says of nobody who it is: member number, mobile, e-mail, LINE user id, card or carrier is needed',
  ...(skip ? { skip: true as const } : {}),
})
