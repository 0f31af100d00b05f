// Personal data in answers, masked for callers without `customers:personal`. The one place: it walks an answer beside
// its schema, where the contract marks what is personal (`personal` of src/contract/shared.ts), and finds e-mail
// addresses, phone numbers and LINE ids in every other text by their form. Pure.
import type { z } from 'zod'
import { PERSONAL, type PersonalKind } from '../../contract/shared.ts'
import type { Seat } from './access.ts'

/** What a workspace masks; its settings say. */
export type MaskRules = { names: boolean; contacts: boolean }
export const MASK_ALL: MaskRules = { names: true, contacts: true }

const EMAIL = /[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu
/** E.164, and numbers as they are written in Taiwan: 0912345678, 0912-345-678, (02) 2345-6789. */
const PHONE =
  /(?<![\w+.-])(?:\+\d{8,15}|09\d{2}[- ]?\d{3}[- ]?\d{3}|\(?0[2-8]\d?\)?[- ]\d{3,4}-?\d{4})(?![\w-])/g
const LINE_UID = /(?<![\w-])[UCR][0-9a-f]{32}(?![\w-])/g

/** 0912***678; +886912345678 is shown as it is dialled in Taiwan. */
export function maskPhone(text: string): string {
  const digits = text.replace(/[^\d+]/g, '').replace(/^\+886/, '0')
  return digits.length < 8 ? '***' : `${digits.slice(0, 4)}***${digits.slice(-3)}`
}

/** k***@example.com */
export const maskEmail = (text: string): string => {
  const at = text.lastIndexOf('@')
  return at < 1 ? '***' : `${[...text][0]}***${text.slice(at)}`
}

/** The first character of a name, and nothing that tells its length: 王**, M***. */
export function maskName(text: string): string {
  const first = [...text.trim()][0]
  if (first === undefined) return text
  return /\p{Script=Han}/u.test(first) ? `${first}**` : `${first}***`
}

const maskId = (text: string): string => (text.length < 6 ? '***' : `${text.slice(0, 3)}***${text.slice(-2)}`)

/** Every e-mail address, phone number and LINE id in a text. */
export const maskContacts = (text: string): string =>
  text.length < 6 ? text : text.replace(EMAIL, maskEmail).replace(PHONE, maskPhone).replace(LINE_UID, maskId)

const NAME_KEY =
  /^(first|last|full|given|family|display|customer|recipient|receiver|buyer|contact)_?name$|^(姓名|姓|名|收件人|稱呼)$/i
const EMAIL_KEY = /e-?mail|信箱|電郵/i
const PHONE_KEY = /phone|mobile|(^|_)tel($|_)|電話|手機/i
const HIDDEN_KEY =
  /(^|\.)(address|street|birthday|birth_?date|date_of_birth|national_?id|carrier|card_?no|地址|生日|身分證|載具)$|(shipping|billing|home)_?address/i

/** By what it is called; `inTraits`: where `name` is a person's, not a product's. */
function maskNamed(key: string, value: unknown, rules: MaskRules, inTraits: boolean): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value
  if (rules.names && (NAME_KEY.test(key) || (inTraits && key === 'name'))) return maskName(String(value))
  if (!rules.contacts || typeof value === 'object') return maskFree(value, rules, inTraits)
  if (EMAIL_KEY.test(key) && String(value).includes('@')) return maskEmail(String(value))
  if (PHONE_KEY.test(key) && /\d{4}/.test(String(value))) return maskPhone(String(value))
  if (HIDDEN_KEY.test(key)) return '***'
  if (/^line_?u(ser_?)?id$/i.test(key)) return maskId(String(value))
  return maskFree(value, rules, inTraits)
}

function maskFree(value: unknown, rules: MaskRules, inTraits = false): unknown {
  if (typeof value === 'string') return rules.contacts ? maskContacts(value) : value
  if (Array.isArray(value)) return value.map(v => maskFree(v, rules, inTraits))
  if (value === null || typeof value !== 'object') return value
  const called = calledBeside(value as Record<string, unknown>)
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      called !== null && VALUE_KEYS.has(key)
        ? maskNamed(called, inner, rules, true)
        : maskNamed(key, inner, rules, inTraits || key === 'traits' || key === 'customer'),
    ]),
  )
}

/** Facts of ours: { trait, before, after }, { kind, value }: what the value is stands beside it. */
const VALUE_KEYS = new Set(['value', 'before', 'after', 'seen'])
function calledBeside(object: Record<string, unknown>): string | null {
  if (typeof object.trait === 'string') return object.trait
  return typeof object.kind === 'string' && 'value' in object && !IDENTIFIERS_AS_THEY_ARE.has(object.kind)
    ? object.kind
    : null
}

/** A text that is JSON is masked by its keys, another one by its form (a cut JSON has no readable keys: hidden). */
export function maskJson(text: string, rules: MaskRules): string {
  if (!/^\s*[[{]/.test(text)) return String(maskFree(text, rules))
  try {
    return JSON.stringify(maskFree(JSON.parse(text), rules))
  } catch (error) {
    if (error instanceof SyntaxError) return '***'
    throw error
  }
}

const IDENTIFIERS_AS_THEY_ARE = new Set(['member_no', 'user_id', 'anonymous_id', 'device_id'])

function maskMarked(
  kind: PersonalKind,
  value: unknown,
  parent: Record<string, unknown>,
  rules: MaskRules,
): unknown {
  if (value === null || value === undefined) return value
  switch (kind) {
    case 'name':
      return rules.names ? maskName(String(value)) : value
    case 'email':
      return rules.contacts ? maskEmail(String(value)) : value
    case 'phone':
      return rules.contacts ? maskPhone(String(value)) : value
    case 'address':
      if (!rules.contacts) return value
      return String(value).includes('@')
        ? maskEmail(String(value))
        : /^\+?\d+$/.test(String(value))
          ? maskPhone(String(value))
          : maskId(String(value))
    case 'by-kind': {
      if (parent.sensitive === true) return '***' // as the workspace declared the attribute
      const called = String(parent.kind ?? parent.name ?? '')
      return IDENTIFIERS_AS_THEY_ARE.has(called) ? value : maskNamed(called, value, rules, true)
    }
    case 'hit': {
      if (parent.kind !== 'customer') return value
      const text = maskContacts(String(value))
      // what is neither a contact nor a member number or id is a name
      return rules.names && text === value && !/\d/.test(text)
        ? maskName(text)
        : rules.contacts
          ? text
          : value
    }
    case 'brand':
      return value
    case 'rendered':
      return null
    case 'free':
      return typeof value === 'string' ? maskJson(value, rules) : maskFree(value, rules)
  }
}

/** How a seat reads personal data; null: as it is. */
export const maskOf = (seat: Seat): MaskRules | null =>
  seat.scopes.has('customers:personal')
    ? null
    : ((seat.workspace.settings.mask as MaskRules | undefined) ?? MASK_ALL)

/** A cell of an export, by its column and what the column is declared to hold. */
export const maskCell = <T>(column: { key: string; type: string }, value: T, rules: MaskRules): T | string =>
  column.type === 'name'
    ? rules.names && typeof value === 'string'
      ? maskName(value)
      : value
    : (maskNamed(column.key, value, rules, false) as T)

/** The part of zod that is read here. */
type Shape = {
  meta(): Record<string, unknown> | undefined
  def: { type: string; innerType?: Shape; element?: Shape; shape?: Record<string, Shape>; valueType?: Shape }
}

function walk(
  schema: Shape | undefined,
  value: unknown,
  parent: Record<string, unknown>,
  rules: MaskRules,
): unknown {
  const mark = schema?.meta()?.[PERSONAL] as PersonalKind | undefined
  if (mark) return maskMarked(mark, value, parent, rules)
  if (value === null || value === undefined) return value
  const def = schema?.def
  if (def?.innerType) return walk(def.innerType, value, parent, rules) // nullable, optional, default
  if (Array.isArray(value)) return value.map(v => walk(def?.element, v, parent, rules))
  if (typeof value === 'object') {
    const self = value as Record<string, unknown>
    return Object.fromEntries(
      Object.entries(self).map(([key, inner]) => [
        key,
        walk(def?.shape?.[key] ?? def?.valueType, inner, self, rules),
      ]),
    )
  }
  return typeof value === 'string' && rules.contacts ? maskContacts(value) : value
}

/** The brand's own data, not its customers': addresses in it are nobody's secret, and a sandbox's people are made up. */
const OWN =
  /^(public|session|team:|workspace:|channels:|journeys:write|journeys:publish|journeys:approve|segments:write|segments:publish|sandbox:|catalogue:)/

/** An answer of an endpoint as a caller without `customers:personal` may read it. */
export const maskAnswer = (
  endpoint: { scope: string; out: z.ZodType },
  answer: unknown,
  rules: MaskRules,
): unknown => (OWN.test(endpoint.scope) ? answer : walk(endpoint.out as unknown as Shape, answer, {}, rules))
