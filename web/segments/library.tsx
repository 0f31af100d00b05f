// A ready segment with its values: what they make of it is said again with each change; then a draft.
import { Button, Drawer, Group, MultiSelect, NumberInput, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { Rule } from '../../src/rules/model.ts'
import { fromSmallestUnit, toSmallestUnit } from '../../src/customers/money.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Guarded } from '../parts/small.tsx'
import { Wrong } from '../parts/state.tsx'
import { sayRule } from '../rules/in-words.ts'
import { useVocabulary } from '../rules/vocabulary.tsx'
import '../rules/rules.css'
import { useSay } from '../use.ts'

type Ready = Out<'segmentLibrary'>['items'][number]
type Param = Ready['params'][number]
type Value = Param['default']
const PAUSE_MS = 350

export function UseReady({
  ws,
  of,
  currency,
  close,
}: {
  ws: string
  of: Ready
  currency: string
  close: () => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const { names } = useVocabulary()
  const navigate = useNavigate()
  const side = say.locale === 'en' ? 'en' : 'zh'
  const [values, setValues] = useState<Record<string, Value>>(() =>
    Object.fromEntries(of.params.map(p => [p.key, p.default])),
  )
  const [settled] = useDebouncedValue(values, PAUSE_MS)
  const outline = useApi(
    'outlineLibrarySegment',
    { ws, key: of.key, body: { params: settled } },
    { keep: true },
  )
  const shown = outline.data ?? of.outline
  const rules = shown.groups.map(g => g.rule as Rule)
  const whole: Rule = rules.length === 1 && rules[0] ? rules[0] : { op: 'or', rules }
  const preview = useApi(
    'previewRule',
    { ws, body: { rule: whole, sample: false } },
    { keep: true, enabled: !outline.error },
  )
  const install = useAct('installLibrarySegment', {
    done: t('library.made'),
    after: ({ id }) => void navigate({ to: '/w/$ws/segments/$segment', params: { ws, segment: id } }),
  })
  return (
    <Drawer opened onClose={close} position="right" size="lg" title={of.name[side]}>
      <form
        onSubmit={event => {
          event.preventDefault()
          install.mutate({ ws, key: of.key, body: { params: values } })
        }}
      >
        <Stack>
          <Text c="dimmed">{of.purpose[side]}</Text>
          {of.params.map(p => (
            <ParamField
              key={p.key}
              of={p}
              currency={currency}
              value={values[p.key] ?? p.default}
              onChange={value => setValues({ ...values, [p.key]: value })}
            />
          ))}
          <div className="rule-count">
            <Text fw={600}>{shown.sentence[side]}</Text>
            {shown.groups.length > 1 ? (
              <ol className="segment-groups">
                {shown.groups.map(g => (
                  <li key={g.key}>
                    <b>{g.name[side]}</b> <span className="dim">{sayRule(g.rule as Rule, say, names)}</span>
                  </li>
                ))}
                <li>
                  <b>{shown.rest?.[side] ?? t('segments.rest')}</b>
                </li>
              </ol>
            ) : (
              <Text size="sm" c="dimmed" mt={4}>
                {sayRule(whole, say, names)}
              </Text>
            )}
            {preview.data && preview.data.count !== null ? (
              <div role="status" className="rule-count-value">
                {t(preview.data.count === 1 ? 'preview.person' : 'preview.people', {
                  n: say.count(preview.data.count),
                })}
              </div>
            ) : null}
          </div>
          {outline.error ? <Wrong error={outline.error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('common.cancel')}
            </Button>
            <Guarded scope="segments:write" type="submit" loading={install.isPending}>
              {t('library.make')}
            </Guarded>
          </Group>
        </Stack>
      </form>
    </Drawer>
  )
}

function ParamField({
  of,
  value,
  currency,
  onChange,
}: {
  of: Param
  value: Value
  currency: string
  onChange: (value: Value) => void
}) {
  const { t } = useTranslation()
  const { locale } = useSay()
  const { vocabulary } = useVocabulary()
  const label = of.label[locale === 'en' ? 'en' : 'zh']
  const description = of.ownFigure ? t('library.own') : undefined
  const money = of.unit === 'money'
  const suffix = of.unit === null || money ? undefined : ` ${t(`libraryUnit.${of.unit}`)}`
  const number = (name: string, n: number, change: (n: number) => void, described?: string) => (
    <NumberInput
      key={name}
      label={name}
      description={described}
      w={220}
      min={of.min === null ? undefined : money ? fromSmallestUnit(of.min, currency) : of.min}
      max={of.max === null ? undefined : money ? fromSmallestUnit(of.max, currency) : of.max}
      allowDecimal={of.fraction || money}
      prefix={money ? `${currency} ` : undefined}
      suffix={suffix}
      thousandSeparator={money ? ',' : undefined}
      value={money ? fromSmallestUnit(n, currency) : n}
      onChange={next =>
        typeof next === 'number' && change(money ? (toSmallestUnit(next, currency) ?? 0) : next)
      }
    />
  )
  if (typeof value === 'number') return number(label, value, onChange, description)
  if (of.kind === 'bounds') {
    const bounds = value as number[]
    return (
      <fieldset className="plain-fieldset">
        <legend>
          {label}
          {description ? <span className="dim"> · {description}</span> : null}
        </legend>
        <Group gap={8}>
          {bounds.map((n, i) =>
            number(t('library.bound', { n: i + 1 }), n, next => onChange(bounds.with(i, next))),
          )}
        </Group>
      </fieldset>
    )
  }
  const names = value as string[]
  const known = {
    category: vocabulary.categories,
    brand: vocabulary.brands,
    tier: vocabulary.tiers,
    campaign: vocabulary.campaigns,
    sales_channel: vocabulary.salesChannels.map(c => c.code),
    date_attribute: vocabulary.attributes.filter(a => a.type === 'date').map(a => a.name),
  }[of.of ?? 'category']
  return (
    <MultiSelect
      label={label}
      description={description}
      searchable
      maxValues={of.most ?? undefined}
      data={[...new Set([...known, ...names])].map(v => ({
        value: v,
        label: of.of === 'sales_channel' ? word('salesChannel', v) : v,
      }))}
      value={names}
      onChange={onChange}
    />
  )
}
