// Typed attributes: those that every workspace has, what a value of each type looks like, and how a value that came in
// becomes one. A value that does not fit is refused with a reason; nothing else of its event is lost. Pure.
import { isDate } from '../platform/wall-time.ts'
import type { TraitValue } from './model.ts'
import type { AttributeType } from './settings.ts'

export type Choice = { value: string; label: { zh: string; en: string } }

export type Attribute = {
  name: string
  label: { zh: string; en: string }
  type: AttributeType
  /** the only values a text, or an item of a list, may have */
  choices: Choice[] | null
  /** counts towards the completeness of a profile */
  wanted: boolean
  /** why it is kept */
  purpose: string
  /** says who the person is; of a kind the law protects more */
  personal: boolean
  sensitive: boolean
}

/** What the reducer needs of an attribute, as published. */
export type PublishedAttribute = Pick<Attribute, 'name' | 'type'> & { choices?: string[] }

const builtIn = (
  name: string,
  zh: string,
  en: string,
  more: Partial<Attribute> = {},
): Attribute & { builtIn: true } => ({
  name,
  label: { zh, en },
  type: 'text',
  choices: null,
  wanted: false,
  purpose: '',
  personal: true,
  sensitive: false,
  ...more,
  builtIn: true,
})

/** Gender as people and files write it; the value kept is the key. */
const GENDERS: Record<string, string[]> = {
  female: ['女', '女性', '女生', '小姐', 'f', 'woman'],
  male: ['男', '男性', '男生', '先生', 'm', 'man'],
  other: ['其他', '非二元', 'non-binary', 'x'],
}

export const BUILT_IN: readonly Attribute[] = [
  builtIn('name', '姓名', 'Name', { wanted: true }),
  builtIn('last_name', '姓', 'Family name'),
  builtIn('first_name', '名', 'Given name'),
  builtIn('gender', '性別', 'Gender', {
    wanted: true,
    choices: [
      { value: 'female', label: { zh: '女', en: 'Female' } },
      { value: 'male', label: { zh: '男', en: 'Male' } },
      { value: 'other', label: { zh: '其他', en: 'Other' } },
    ],
  }),
  builtIn('birthday', '生日', 'Birthday', { type: 'date', wanted: true }),
  builtIn('email', '電子郵件', 'E-mail'),
  builtIn('phone', '手機', 'Mobile'),
  builtIn('address.city', '縣市', 'City or county', { wanted: true }),
  builtIn('address.district', '鄉鎮市區', 'District'),
  builtIn('address.postal_code', '郵遞區號', 'Postal code'),
  builtIn('address.street', '地址', 'Street address'),
  builtIn('address.country', '國家', 'Country', { personal: false }),
  builtIn('area', '地區', 'Area', { personal: false }),
]

/** Spellings of built-in names that clients and files use. */
const ALIASES: Record<string, string> = {
  firstName: 'first_name',
  givenName: 'first_name',
  given_name: 'first_name',
  lastName: 'last_name',
  familyName: 'last_name',
  family_name: 'last_name',
  birthdate: 'birthday',
  birth_date: 'birthday',
  dateOfBirth: 'birthday',
  mobile: 'phone',
  'address.postalCode': 'address.postal_code',
  'address.zip': 'address.postal_code',
  'address.state': 'address.city',
}

/** The one name under which an attribute is kept. */
export const canonicalName = (name: string): string => (Object.hasOwn(ALIASES, name) ? ALIASES[name]! : name)

const YES = new Set(['true', 'yes', 'y', '1', '是'])
const NO = new Set(['false', 'no', 'n', '0', '否'])

const asDate = (value: unknown): string | null => {
  if (typeof value !== 'string') return null
  const parts = /^\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:T.*)?\s*$/.exec(value)
  if (parts === null) return null
  const date = `${parts[1]}-${parts[2]!.padStart(2, '0')}-${parts[3]!.padStart(2, '0')}`
  return isDate(date) ? date : null
}

/** The value as one of the attribute's type; null when it cannot be.
 *  Texts that plainly say a number, yes or no, or a date become one; a single text becomes a list of one. */
function typed(type: AttributeType, value: TraitValue): TraitValue | null {
  switch (type) {
    case 'text':
      return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null
    case 'number': {
      if (typeof value === 'number') return value
      const text = typeof value === 'string' ? value.trim() : ''
      return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) && Number.isFinite(Number(text)) ? Number(text) : null
    }
    case 'boolean': {
      if (typeof value === 'boolean') return value
      const text = String(value).trim().toLowerCase()
      return YES.has(text) ? true : NO.has(text) ? false : null
    }
    case 'date':
      return asDate(value)
    case 'list':
      return Array.isArray(value) ? value : [value]
  }
}

const chosen = (attribute: PublishedAttribute, value: string | number | boolean): string | null => {
  const text = String(value)
  if (attribute.choices!.includes(text)) return text
  if (attribute.name !== 'gender') return null
  const lower = text.trim().toLowerCase()
  const found = Object.keys(GENDERS).find(g => g === lower || GENDERS[g]!.includes(lower))
  return found !== undefined && attribute.choices!.includes(found) ? found : null
}

/** The value to keep, or why it is refused. */
export function conform(
  attribute: PublishedAttribute,
  value: TraitValue,
): { value: TraitValue } | { refused: 'type' | 'choice' } {
  const as = typed(attribute.type, value)
  if (as === null) return { refused: 'type' }
  if (!attribute.choices) return { value: as }
  if (!Array.isArray(as)) {
    const one = chosen(attribute, as)
    return one === null ? { refused: 'choice' } : { value: one }
  }
  const all = as.map(item => chosen(attribute, item))
  return all.includes(null) ? { refused: 'choice' } : { value: all as string[] }
}
