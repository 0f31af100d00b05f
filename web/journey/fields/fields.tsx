// A form drawn from the fields of a node type: each by its kind, labelled, with its faults.
import { Stack } from '@mantine/core'
import type { ComponentType } from 'react'
import type { FieldKind, FieldSpec } from '../../../src/journeys/nodes/type.ts'
import { useSay } from '../../use.ts'
import { ChoiceField } from './choice.tsx'
import { ContentField } from './content.tsx'
import { contentFor } from './content-for.ts'
import { DurationField } from './duration.tsx'
import { EventField, WhereField } from './event.tsx'
import { type FieldsProps, groupField, listField } from './list.tsx'
import { type FieldProps, fieldWord, useForm } from './model.ts'
import { FlagField, NumberField } from './number.tsx'
import {
  AccountField,
  TopicField,
  CampaignField,
  ChannelField,
  CouponField,
  JourneyField,
  NodeField,
  SegmentField,
  SourceField,
} from './pick.tsx'
import { RuleField } from './rule.tsx'
import { TagField, TextsField } from './tag.tsx'
import { NameField, TextField, UrlField } from './text.tsx'
import { TimeField, WeekdaysField } from './time.tsx'
import { TraitField, ValueField } from './value.tsx'

const KINDS: Record<FieldKind, ComponentType<FieldProps>> = {
  duration: DurationField,
  rule: RuleField,
  event: EventField,
  where: WhereField,
  channel: ChannelField,
  account: AccountField,
  topic: TopicField,
  content: ContentField,
  trait: TraitField,
  value: ValueField,
  tag: TagField,
  text: TextField,
  number: NumberField,
  percent: NumberField,
  flag: FlagField,
  choice: ChoiceField,
  wall_time: TimeField,
  date: TimeField,
  date_time: TimeField,
  weekdays: WeekdaysField,
  segment: SegmentField,
  journey: JourneyField,
  node: NodeField,
  url: UrlField,
  coupon: CouponField,
  source: SourceField,
  campaign: CampaignField,
  list: listField(Fields),
  group: groupField(Fields),
}

function fieldOf(name: string, at: string, spec: FieldSpec): ComponentType<FieldProps> {
  if (spec.kind === 'text' && spec.many) return TextsField
  return name === 'name' && /\/\d+\/name$/.test(at) ? NameField : KINDS[spec.kind]
}

export function Fields({ specs, values, path, readOnly, change }: FieldsProps) {
  const { type, faults } = useForm()
  const { t, locale } = useSay()
  const side = locale === 'en' ? 'en' : 'zh'
  // what is said goes along to another channel
  const contents = (channel: string): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(specs)
        .filter(([, spec]) => spec.kind === 'content')
        .map(([name]) => [name, contentFor(channel, values[name], t('fieldForm.unsubscribe'))]),
    )
  return (
    <Stack gap="sm">
      {Object.entries(specs)
        .filter(([, spec]) => !spec.when || spec.when.is.includes(values[spec.when.field]))
        .map(([name, spec]) => {
          const at = `${path}/${name}`
          const Field = fieldOf(name, at, spec)
          // a rule and a list tell the faults of their parts themselves
          const own = faults.filter(
            f =>
              f.path === at ||
              (!['rule', 'list', 'group'].includes(spec.kind) && f.path.startsWith(`${at}/`)),
          )
          return (
            <Field
              key={name}
              spec={spec}
              label={fieldWord(type, at) ?? name}
              help={fieldWord(type, at, '_help') ?? ''}
              value={values[name]}
              onChange={value =>
                change({
                  [name]: value,
                  ...(spec.kind === 'channel' ? { ...contents(String(value)), account: undefined } : {}),
                })
              }
              error={own.length > 0 ? own.map(f => f.message[side]).join('; ') : null}
              path={at}
              beside={values}
              readOnly={readOnly}
            />
          )
        })}
    </Stack>
  )
}
