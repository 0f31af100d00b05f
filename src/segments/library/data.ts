// What is missing in profiles, and a group kept unsent for comparison. Pure.
import { live, segment } from './model.ts'
import { traitSet } from '../../rules/make.ts'
import { and, holds, not, or } from './rules.ts'

export const dataIncomplete = segment({
  key: 'data_incomplete',
  family: 'data',
  name: { zh: '會員資料不完整', en: 'Incomplete profile' },
  sentence: {
    zh: '是會員，但姓名、性別、生日、Email、手機至少缺一項',
    en: 'A member of whom name, gender, birthday, e-mail or mobile is missing',
  },
  purpose: { zh: '送點數換資料，之後才能精準溝通。', en: 'Points for details: worth it later.' },
  params: {},
  define: () =>
    live(
      and(
        holds('member_no'),
        not(
          and(
            traitSet('name'),
            traitSet('gender'),
            traitSet('birthday'),
            or(holds('email'), traitSet('email')),
            or(holds('phone'), traitSet('phone')),
          ),
        ),
      ),
    ),
})

export const holdout = segment({
  key: 'holdout',
  family: 'data',
  name: { zh: '對照組', en: 'Holdout' },
  sentence: {
    zh: '隨機而固定的 {percent}%：不發送，用來比較成效',
    en: 'A random and lasting {percent} %, kept unsent to measure uplift',
  },
  purpose: { zh: '知道訊息真正帶來多少。', en: 'Know what your messages really bring.' },
  params: {
    percent: {
      kind: 'number',
      unit: 'percent',
      min: 1,
      max: 50,
      label: { zh: '百分之幾', en: 'Per cent' },
      default: 10,
    },
  },
  define: p => live({ op: 'percent', salt: 'holdout', from: 0, to: p.percent }),
})
