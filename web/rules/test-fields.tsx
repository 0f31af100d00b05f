// What is asked of a number, a text, a day or a moment inside a chip's form.
import { Group, Stack, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { DateTest, NumberTest, TextTest, TimeTest } from '../../src/rules/model.ts'
import { useSay } from '../use.ts'
import { Num, OneValue, type Option, Pick, SpanField, Values } from './fields.tsx'
import { sayMonth } from './phrases.ts'

const NUMBER_TESTS = ['at_least', 'at_most', 'equal', 'not_equal', 'over', 'under', 'between'] as const
export function NumberTestField({
  test,
  onChange,
  of = n => n,
  from = n => n,
  suffix,
  whole,
}: {
  test: NumberTest
  onChange: (test: NumberTest) => void
  /** what is typed, from what is stored, and back: money has decimals */
  of?: (stored: number) => number
  from?: (typed: number) => number
  suffix?: string
  whole?: boolean
}) {
  const { t } = useTranslation()
  const first = test.is === 'between' ? test.from : test.value
  const number = (label: string, value: number, change: (value: number) => void) => (
    <Num label={label} suffix={suffix} whole={whole} value={of(value)} onChange={n => change(from(n))} />
  )
  return (
    <Group gap={6}>
      <Pick
        label={t('ruleEdit.compare')}
        value={test.is}
        options={NUMBER_TESTS.map(is => ({ value: is, label: t(`ruleCompare.${is}`) }))}
        onChange={is => onChange(is === 'between' ? { is, from: first, to: first } : { is, value: first })}
      />
      {test.is === 'between' ? (
        <>
          {number(t('ruleEdit.from'), test.from, value => onChange({ ...test, from: value }))}
          {number(t('ruleEdit.to'), test.to, value => onChange({ ...test, to: value }))}
        </>
      ) : (
        number(t('ruleEdit.number'), test.value, value => onChange({ ...test, value }))
      )}
    </Group>
  )
}

const TEXT_TESTS = [
  'one_of',
  'none_of',
  'equal',
  'not_equal',
  'contains',
  'not_contains',
  'starts_with',
  'ends_with',
] as const
export function TextTestField({
  test,
  options,
  onChange,
}: {
  test: TextTest
  options: Option[]
  onChange: (test: TextTest) => void
}) {
  const { t } = useTranslation()
  const first = 'values' in test ? (test.values[0] ?? '') : test.value
  return (
    <Stack gap={6}>
      <Pick
        label={t('ruleEdit.compare')}
        value={test.is}
        options={TEXT_TESTS.map(is => ({ value: is, label: t(`ruleCompare.${is}`) }))}
        onChange={is =>
          onChange(
            is === 'one_of' || is === 'none_of'
              ? { is, values: 'values' in test ? test.values : test.value === '' ? [] : [test.value] }
              : { is, value: first },
          )
        }
      />
      {'values' in test ? (
        <Values
          label={t('ruleEdit.values')}
          values={test.values}
          options={options}
          onChange={values => onChange({ ...test, values })}
        />
      ) : (
        <OneValue
          label={t('ruleEdit.value')}
          value={test.value}
          options={test.is === 'equal' || test.is === 'not_equal' ? options : []}
          onChange={value => onChange({ ...test, value })}
        />
      )}
    </Stack>
  )
}

export function DayInput({
  label,
  value,
  onChange,
}: {
  label: string
  value: string
  onChange: (day: string) => void
}) {
  return (
    <TextInput
      size="xs"
      type="date"
      aria-label={label}
      value={value.slice(0, 10)}
      onChange={e => e.currentTarget.value !== '' && onChange(e.currentTarget.value)}
    />
  )
}

const DATE_TESTS = [
  'anniversary_in',
  'month',
  'in_last',
  'in_next',
  'on',
  'before',
  'after',
  'between',
] as const
export function DateTestField({
  test,
  today,
  onChange,
}: {
  test: DateTest
  today: string
  onChange: (test: DateTest) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const change = (is: (typeof DATE_TESTS)[number]): DateTest => {
    switch (is) {
      case 'between':
        return { is, from: today, to: today }
      case 'month':
        return { is, month: 'this' }
      case 'in_last':
      case 'in_next':
      case 'anniversary_in':
        return { is, days: 'days' in test ? test.days : 30 }
      case 'on':
      case 'before':
      case 'after':
        return { is, date: 'date' in test ? test.date : today }
    }
  }
  return (
    <Group gap={6}>
      <Pick
        label={t('ruleEdit.compare')}
        value={test.is}
        options={DATE_TESTS.map(is => ({ value: is, label: t(`ruleCompareDate.${is}`) }))}
        onChange={is => onChange(change(is))}
      />
      {test.is === 'between' ? (
        <>
          <DayInput
            label={t('ruleEdit.from')}
            value={test.from}
            onChange={from => onChange({ ...test, from })}
          />
          <DayInput label={t('ruleEdit.to')} value={test.to} onChange={to => onChange({ ...test, to })} />
        </>
      ) : test.is === 'month' ? (
        <Pick
          label={t('ruleEdit.month')}
          value={String(test.month)}
          options={[
            { value: 'this', label: t('ruleEdit.thisMonth') },
            ...Array.from({ length: 12 }, (_, i) => ({ value: String(i + 1), label: sayMonth(i + 1, say) })),
          ]}
          onChange={month => onChange({ is: 'month', month: month === 'this' ? 'this' : Number(month) })}
        />
      ) : 'days' in test ? (
        <Num
          label={t('ruleEdit.days')}
          min={1}
          whole
          suffix={` ${t('ruleEdit.day')}`}
          value={test.days}
          onChange={days => onChange({ ...test, days })}
        />
      ) : (
        <DayInput
          label={t('ruleEdit.date')}
          value={test.date}
          onChange={date => onChange({ ...test, date })}
        />
      )}
    </Group>
  )
}

const TIME_TESTS = ['in_last', 'over_ago', 'before', 'after', 'ever', 'never'] as const
export function TimeTestField({
  test,
  today,
  onChange,
}: {
  test: TimeTest
  today: string
  onChange: (test: TimeTest) => void
}) {
  const { t } = useTranslation()
  const change = (is: (typeof TIME_TESTS)[number]): TimeTest => {
    switch (is) {
      case 'in_last':
      case 'over_ago':
        return { is, span: 'span' in test ? test.span : { n: 30, unit: 'day' } }
      case 'before':
      case 'after':
        return { is, at: 'at' in test ? test.at : today }
      case 'ever':
      case 'never':
        return { is }
    }
  }
  return (
    <Group gap={6}>
      <Pick
        label={t('ruleEdit.compare')}
        value={test.is}
        options={TIME_TESTS.map(is => ({ value: is, label: t(`ruleCompareTime.${is}`) }))}
        onChange={is => onChange(change(is))}
      />
      {'span' in test ? (
        <SpanField span={test.span} onChange={span => onChange({ ...test, span })} />
      ) : 'at' in test ? (
        <DayInput label={t('ruleEdit.date')} value={test.at} onChange={at => onChange({ ...test, at })} />
      ) : null}
    </Group>
  )
}
