// What zod finds wrong with something that came from outside, as faults that people read: where, what, and what to do.
import type { z } from 'zod'

export type Said = { zh: string; en: string }
/** `path` is a JSON pointer. */
export type Fault = { path: string; code: string; message: Said; alternative?: Said }

/** What a refinement of a schema says beside its English message, as its `params`. */
export type RefinedWords = { zh: string; instead: Said }

const SEE_SHAPE: Said = {
  zh: '請照 docs/RULES.md 的格式填寫',
  en: 'Write it as docs/RULES.md shows',
}
const ALTERNATIVES: Record<string, Said> = {
  unrecognized_keys: { zh: '請移除這個欄位', en: 'Remove this field' },
  invalid_value: { zh: '請改用列出的值', en: 'Use one of the values that are listed' },
  too_big: { zh: '請縮小或拆成兩個條件', en: 'Make it smaller, or split it into two conditions' },
  too_small: { zh: '請填入內容', en: 'Fill it in' },
}

const TYPES_ZH: Record<string, string> = {
  string: '文字',
  number: '數字',
  int: '整數',
  boolean: '是或否',
  array: '清單',
  object: '一組欄位',
  record: '一組欄位',
}
const UNITS_ZH: Record<string, string> = { string: ' 個字', array: ' 項', set: ' 項' }

/** Nothing is there yet: not filled in, or emptied. */
const isEmpty = (issue: z.core.$ZodIssue): boolean =>
  (issue.code === 'invalid_type' && /received undefined$/.test(issue.message)) ||
  (issue.code === 'too_small' && issue.origin === 'string' && issue.minimum === 1)

const wordsOf = (issue: z.core.$ZodIssue): Partial<RefinedWords> =>
  issue.code === 'custom' ? ((issue.params ?? {}) as Partial<RefinedWords>) : {}

function sayZh(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `這裡要填${TYPES_ZH[issue.expected] ?? issue.expected}`
    case 'too_small':
      return `${issue.inclusive === false ? '必須大於' : '至少'} ${issue.minimum}${UNITS_ZH[issue.origin] ?? ''}`
    case 'too_big':
      return `${issue.inclusive === false ? '必須小於' : '最多'} ${issue.maximum}${UNITS_ZH[issue.origin] ?? ''}`
    case 'invalid_value':
      return `只能是其中之一：${issue.values.map(String).join('、')}`
    case 'unrecognized_keys':
      return `沒有這個欄位：${issue.keys.join('、')}`
    case 'invalid_union':
      return '看不懂這個值'
    default:
      return wordsOf(issue).zh ?? `這個欄位不正確：${issue.message}`
  }
}

/** Faults of a zod error, with JSON pointers below `base`. */
export function faultsOf(error: z.ZodError, base = ''): Fault[] {
  return error.issues.map(issue => ({
    path: base + issue.path.map(p => '/' + String(p)).join(''),
    code: issue.code,
    message: isEmpty(issue)
      ? { zh: '請填寫這個欄位', en: 'Fill in this field' }
      : { zh: sayZh(issue), en: `This field is not valid: ${issue.message}` },
    alternative: wordsOf(issue).instead ?? ALTERNATIVES[issue.code] ?? SEE_SHAPE,
  }))
}
