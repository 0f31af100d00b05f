// What a chip opens: the form of the fields it stands for.
import { Checkbox, Group, Select, Stack, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CHANNEL_NAMES } from '../../src/channels/model.ts'
import { STAGES } from '../../src/customers/model.ts'
import { IDENTIFIER_KINDS } from '../../src/rules/identifiers.ts'
import { word } from '../i18n.ts'
import type { Leaf, LeafOf } from './edit.ts'
import { Num, Pick, SpanField, Values } from './fields.tsx'
import { plainOptions, uniqueOptions, useOffered } from './offered.ts'
import { EventForm, OrdersForm, SequenceForm } from './past-forms.tsx'
import { NumberTestField, TimeTestField } from './test-fields.tsx'
import { TouchForm } from './touch-form.tsx'
import { TraitName, TraitTest } from './trait-form.tsx'
import type { Chip } from './pieces.ts'
import { useVocabulary } from './vocabulary.tsx'

export type FormProps<L extends Leaf = Leaf> = {
  leaf: L
  change: (leaf: Leaf) => void
  chip: Chip
  /** rules of a journey may look at what happened since its run began */
  journey: boolean
  /** of the workspace's clock, 'YYYY-MM-DD' */
  today: string
}

export function ChipForm(props: FormProps) {
  const { t } = useTranslation()
  const { vocabulary, names } = useVocabulary()
  const { leaf, change, chip, today } = props
  const tags = useOffered('tags', v => plainOptions(v.tags))
  switch (leaf.op) {
    case 'trait':
      return chip.id === 'trait' ? (
        <TraitName leaf={leaf} change={change} today={today} />
      ) : (
        <TraitTest leaf={leaf} change={change} today={today} />
      )
    case 'age':
      return (
        <Group gap={6}>
          <Optional
            label={t('ruleEdit.from')}
            value={leaf.min}
            onChange={min => change(ageOf(min, leaf.max))}
          />
          <Optional
            label={t('ruleEdit.to')}
            value={leaf.max}
            onChange={max => change(ageOf(leaf.min, max))}
          />
        </Group>
      )
    case 'tags':
      return chip.id === 'is' ? (
        <Pick
          label={t('ruleEdit.compare')}
          value={leaf.is}
          options={(['any', 'all', 'none'] as const).map(is => ({ value: is, label: t(`ruleTags.${is}`) }))}
          onChange={is => change({ ...leaf, is })}
        />
      ) : (
        <Values
          label={t('ruleEdit.tags')}
          values={leaf.tags}
          {...tags}
          onChange={tags => change({ ...leaf, tags })}
        />
      )
    case 'identifier':
      return (
        <Stack gap={8}>
          <Pick
            label={t('ruleEdit.kind')}
            value={leaf.kind}
            options={IDENTIFIER_KINDS.map(k => ({ value: k, label: word('identifier', k) }))}
            onChange={kind => change({ ...leaf, kind })}
          />
          <Checkbox
            size="xs"
            label={t('ruleEdit.onlyVerified')}
            checked={leaf.verified === true}
            onChange={e =>
              change(
                e.currentTarget.checked ? { ...leaf, verified: true } : { op: 'identifier', kind: leaf.kind },
              )
            }
          />
        </Stack>
      )
    case 'channel':
      return chip.id === 'channel' ? (
        <Pick
          label={t('ruleEdit.channel')}
          value={leaf.channel}
          options={CHANNEL_NAMES.map(c => ({ value: c, label: word('channel', c) }))}
          onChange={channel => change({ ...leaf, channel })}
        />
      ) : (
        <Pick
          label={t('ruleEdit.compare')}
          value={leaf.is}
          options={(['bound', 'reachable'] as const).map(is => ({
            value: is,
            label: t(`ruleChannelIs.${is}`),
          }))}
          onChange={is => change({ ...leaf, is })}
        />
      )
    case 'consent':
      return chip.id === 'consent' ? (
        <Group gap={6}>
          <Pick
            label={t('ruleEdit.channel')}
            value={leaf.channel}
            options={uniqueOptions([
              { value: leaf.channel, label: word('channel', leaf.channel) },
              ...CHANNEL_NAMES.map(c => ({ value: c, label: word('channel', c) })),
            ])}
            onChange={channel => change({ ...leaf, channel })}
          />
          <Pick
            label={t('ruleEdit.purpose')}
            value={leaf.purpose}
            options={uniqueOptions([
              { value: leaf.purpose, label: word('purpose', leaf.purpose) },
              ...['marketing', 'analytics', 'service'].map(p => ({ value: p, label: word('purpose', p) })),
            ])}
            onChange={purpose => change({ ...leaf, purpose })}
          />
        </Group>
      ) : (
        <Pick
          label={t('ruleEdit.compare')}
          value={leaf.is}
          options={(['granted', 'refused', 'unknown'] as const).map(is => ({
            value: is,
            label: t(`ruleConsentIs.${is}`),
          }))}
          onChange={is => change({ ...leaf, is })}
        />
      )
    case 'stage':
      return (
        <Group gap={6}>
          <Pick
            label={t('ruleEdit.compare')}
            value={leaf.is}
            options={(['exactly', 'at_least', 'at_most'] as const).map(is => ({
              value: is,
              label: t(`ruleCompareStage.${is}`),
            }))}
            onChange={is => change({ ...leaf, is })}
          />
          <Pick
            label={t('ruleEdit.stage')}
            value={leaf.stage}
            options={STAGES.map(s => ({ value: s, label: word('stage', s) }))}
            onChange={stage => change({ ...leaf, stage })}
          />
        </Group>
      )
    case 'tier':
      return (
        <Stack gap={6}>
          <Pick
            label={t('ruleEdit.compare')}
            value={leaf.is}
            options={(['one_of', 'none_of'] as const).map(is => ({
              value: is,
              label: t(`ruleCompare.${is}`),
            }))}
            onChange={is => change({ ...leaf, is })}
          />
          <Values
            label={t('ruleEdit.tiers')}
            values={leaf.tiers}
            options={plainOptions(vocabulary.tiers)}
            onChange={tiers => change({ ...leaf, tiers })}
          />
        </Stack>
      )
    case 'points':
      return <NumberTestField test={leaf.test} whole onChange={test => change({ ...leaf, test })} />
    case 'coupon':
      return chip.id === 'expires' && leaf.expiresIn ? (
        <SpanField span={leaf.expiresIn} onChange={expiresIn => change({ ...leaf, expiresIn })} />
      ) : (
        <Values
          label={t('ruleEdit.coupon')}
          values={leaf.coupon === undefined ? [] : [leaf.coupon]}
          options={plainOptions(vocabulary.coupons)}
          onChange={list => {
            const { coupon: _, ...any } = leaf
            const coupon = list.at(-1)
            change(coupon === undefined ? any : { ...leaf, coupon })
          }}
        />
      )
    case 'likes':
      return chip.id === 'top' ? (
        <Num
          label={t('ruleEdit.top')}
          min={1}
          max={5}
          whole
          value={leaf.top}
          onChange={top => change({ ...leaf, top })}
        />
      ) : (
        <Stack gap={6}>
          <Pick
            label={t('ruleEdit.kind')}
            value={leaf.of}
            options={(['category', 'brand'] as const).map(of => ({ value: of, label: t(`ruleLines.${of}`) }))}
            onChange={of => change({ ...leaf, of, values: [] })}
          />
          <Values
            key={leaf.of}
            label={t(`ruleLines.${leaf.of}`)}
            values={leaf.values}
            options={plainOptions(leaf.of === 'category' ? vocabulary.categories : vocabulary.brands)}
            onChange={values => change({ ...leaf, values })}
          />
        </Stack>
      )
    case 'touch':
      return <TouchForm leaf={leaf} change={change} chip={chip} />
    case 'orders':
      return <OrdersForm {...props} leaf={leaf} />
    case 'event':
      return <EventForm {...props} leaf={leaf} />
    case 'sequence':
      return <SequenceForm {...props} leaf={leaf} />
    case 'clock':
      return chip.id === 'clock' ? (
        <Pick
          label={t('ruleEdit.kind')}
          value={leaf.clock}
          options={(['order', 'customer', 'marketing', 'team'] as const).map(c => ({
            value: c,
            label: t(`ruleClock.${c}`),
          }))}
          onChange={clock => change({ ...leaf, clock })}
        />
      ) : (
        <TimeTestField test={leaf.test} today={today} onChange={test => change({ ...leaf, test })} />
      )
    case 'segment':
      return chip.id === 'is' ? (
        <Pick
          label={t('ruleEdit.compare')}
          value={leaf.is}
          options={(['in', 'out'] as const).map(is => ({ value: is, label: t(`ruleSegment.${is}`) }))}
          onChange={is => change({ ...leaf, is })}
        />
      ) : (
        <SegmentField leaf={leaf} change={change} />
      )
    case 'percent':
      return (
        <Group gap={6}>
          <Num
            label={t('ruleEdit.from')}
            max={100}
            suffix=" %"
            value={leaf.from}
            onChange={from => change({ ...leaf, from })}
          />
          <Num
            label={t('ruleEdit.to')}
            max={100}
            suffix=" %"
            value={leaf.to}
            onChange={to => change({ ...leaf, to })}
          />
          <TextInput
            size="xs"
            w={120}
            label={t('ruleEdit.salt')}
            value={leaf.salt}
            onChange={e => change({ ...leaf, salt: e.currentTarget.value })}
          />
        </Group>
      )
  }
  // a leaf of a newer server has no chips here
  return names.segment('')
}

const ageOf = (min: number | undefined, max: number | undefined): Leaf => ({
  op: 'age',
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
})

function Optional({
  label,
  value,
  onChange,
}: {
  label: string
  value: number | undefined
  onChange: (value: number | undefined) => void
}) {
  return (
    <TextInput
      size="xs"
      w={80}
      type="number"
      min={0}
      max={150}
      label={label}
      value={value ?? ''}
      onChange={e =>
        onChange(
          e.currentTarget.value === '' ? undefined : Math.max(0, Math.round(Number(e.currentTarget.value))),
        )
      }
    />
  )
}

function SegmentField({ leaf, change }: { leaf: LeafOf<'segment'>; change: (leaf: Leaf) => void }) {
  const { t } = useTranslation()
  const { vocabulary } = useVocabulary()
  const groups = vocabulary.segments.find(s => s.id === leaf.segment)?.groups ?? []
  return (
    <Stack gap={6}>
      <Select
        size="xs"
        w={260}
        label={t('ruleEdit.segment')}
        searchable
        data={vocabulary.segments.map(s => ({ value: s.id, label: s.name }))}
        value={leaf.segment === '' ? null : leaf.segment}
        onChange={segment => segment && change({ op: 'segment', segment, is: leaf.is })}
        comboboxProps={{ withinPortal: false }}
      />
      {groups.length > 0 ? (
        <Pick
          label={t('ruleEdit.group')}
          value={leaf.group ?? ''}
          options={[
            { value: '', label: t('ruleEdit.anyGroup') },
            ...groups.map(g => ({ value: g.key, label: g.name || g.key })),
          ]}
          onChange={group =>
            change(group === '' ? { op: 'segment', segment: leaf.segment, is: leaf.is } : { ...leaf, group })
          }
        />
      ) : null}
    </Stack>
  )
}
