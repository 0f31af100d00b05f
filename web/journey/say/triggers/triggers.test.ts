// Every kind of trigger has its sentence, its name and the words of its fields, in both languages.
import i18next from 'i18next'
import { beforeAll, describe, expect, test } from 'vitest'
import type { FieldSpec } from '../../../../src/journeys/nodes/type.ts'
import { BEGIN } from '../../../../src/journeys/triggers/begin.ts'
import { type Trigger, TRIGGER_TYPES, triggerShape } from '../../../../src/journeys/triggers/register.ts'
import { HOLIDAYS } from '../../../../src/journeys/holidays.ts'
import { spoken } from '../../../spoken.ts'
import { CODES } from '../../../rules/names.ts'
import { sayIn } from '../../../say.ts'
import { words } from '../../../words/index.ts'
import { sayTrigger } from './register.ts'

const KINDS = Object.keys(TRIGGER_TYPES) as Trigger['kind'][]
const say = () => sayIn(i18next.t, i18next.language as 'en', 'Asia/Taipei')
const begun = (kind: Trigger['kind']) => ({ kind, ...BEGIN[kind] }) as Trigger

beforeAll(() =>
  i18next.init({
    lng: 'en',
    interpolation: { escapeValue: false },
    resources: { en: { translation: spoken(words, 1) }, 'zh-TW': { translation: spoken(words, 0) } },
  }),
)

/** Where the form looks for words: of the field, with the names before it or without. */
function lacking(kind: string, specs: Record<string, FieldSpec>, before: string[] = []): string[] {
  const has = (names: string[]) =>
    names.some((_, i) => i18next.exists(`fields_trigger_${kind}.${names.slice(i).join('_')}`))
  return Object.entries(specs).flatMap(([name, spec]) => {
    const names = [...before, name]
    const options = (spec.options ?? []).filter(o => !has([...before, `${name}_${o}`]))
    return [
      ...(has(names) ? [] : [`${kind}.${names.join('_')}`]),
      ...options.map(o => `${kind}.${names.join('_')}_${o}`),
      ...lacking(kind, spec.of ?? {}, names),
    ]
  })
}

describe.each(['en', 'zh-TW'])('in %s', language => {
  beforeAll(async () => {
    await i18next.changeLanguage(language)
  })

  test('each kind is said in one line, and its fields are called by words', () => {
    for (const kind of KINDS) {
      const line = sayTrigger(begun(kind), say(), CODES)
      expect(line, kind).not.toMatch(/triggerSay|undefined|\{\{|^$/)
      expect(line, kind).not.toBe(kind)
      expect(i18next.exists(`triggerKind.${kind}`), kind).toBe(true)
    }
    expect(KINDS.flatMap(kind => lacking(kind, TRIGGER_TYPES[kind].fields))).toEqual([])
    for (const holiday of HOLIDAYS) expect(i18next.exists(`holiday.${holiday}`), holiday).toBe(true)
  })
})

test('sentences as they are to be read', async () => {
  const both = async (trigger: Trigger) => {
    const lines: string[] = []
    for (const language of ['zh-TW', 'en']) {
      await i18next.changeLanguage(language)
      lines.push(sayTrigger(trigger, say(), CODES))
    }
    return lines
  }
  expect(
    await both({
      kind: 'page',
      page: { is: 'like', value: '/sale/*' },
      times: { n: 3, withinMs: 86_400_000 },
    }),
  ).toEqual([
    '瀏覽網頁，網址符合「/sale/*」，1 天內第 3 次',
    'When a page is viewed whose address matches “/sale/*”, for the 3. time within 1 d',
  ])
  expect(await both({ kind: 'calendar', holiday: 'mid_autumn', offsetDays: -3, time: '10:00' })).toEqual([
    '中秋節前 3 天 10:00',
    'At 10:00 3 days before Mid-Autumn Festival',
  ])
  expect(
    await both({
      kind: 'order',
      on: 'paid',
      lines: { by: 'category', values: ['茶'] },
      amount: { min: 1000, currency: 'TWD' },
    }),
  ).toEqual(['訂單付款（茶），滿 NT$1,000', 'When an order is paid (茶), of at least NT$1,000'])
})

test('what a trigger names is called by its name; what a draft has not said is told by the kind’s name', async () => {
  const names = { ...CODES, campaign: () => '週年慶', journey: () => '歡迎', segment: () => '高雄' }
  await i18next.changeLanguage('zh-TW')
  const said = (trigger: unknown) => sayTrigger(trigger as Trigger, say(), names)
  expect(said({ kind: 'campaign', campaign: 'cmp_1', at: 'start', offsetDays: 0 })).toBe(
    '檔期「週年慶」開始當天',
  )
  expect(said({ kind: 'journey', journey: 'jrn_1' })).toBe('旅程「歡迎」結束')
  expect(said({ kind: 'segment', segment: 'seg_1', on: 'entered' })).toContain('高雄')
  for (const kind of KINDS) {
    const line = said({ kind })
    expect(line, kind).not.toBe(kind)
    expect(line, kind).not.toMatch(/(cmp|seg|jrn|tpl)_/)
  }
})

test('a kind that was just chosen has a shape, but for what a person must still say', () => {
  const open = KINDS.filter(kind => !triggerShape.safeParse(begun(kind)).success)
  expect(open.sort()).toEqual(
    [
      'campaign',
      'form',
      'journey',
      'link',
      'postback',
      'product',
      'schedule',
      'segment',
      'tag',
      'trait',
      'webhook',
    ].sort(),
  )
})
