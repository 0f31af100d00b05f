// Something that exists in the workspace or in this journey: a segment, a journey, a node, a coupon, a channel.
import { CHANNEL_NAMES } from '../../../src/channels/model.ts'
import { MARKETING } from '../../../src/consent/model.ts'
import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { word } from '../../i18n.ts'
import { useOffered } from '../../rules/offered.ts'
import { useVocabulary } from '../../rules/vocabulary.tsx'
import { inOrder } from '../editor/ways.ts'
import { nodeTitle } from '../in-words.ts'
import { text } from '../say/values.ts'
import { basics, type FieldProps, useForm } from './model.ts'
import { type Known, Suggested } from './suggested.tsx'

function Choose({ options, empty, ...props }: FieldProps & { options: Known[]; empty: string }) {
  const { t } = useTranslation()
  const chosen = text(props.value)
  // one that is gone is shown by its code, so that it can be seen and changed
  const known =
    chosen === '' || options.some(o => o.value === chosen)
      ? options
      : [...options, { value: chosen, label: chosen }]
  return (
    <Select
      {...basics(props)}
      searchable
      clearable={!props.spec.required}
      placeholder={t('fieldForm.choose')}
      nothingFoundMessage={empty}
      data={known}
      value={chosen === '' ? null : chosen}
      onChange={next => props.onChange(next ?? undefined)}
    />
  )
}

export function SegmentField(props: FieldProps) {
  const { t } = useTranslation()
  const { vocabulary } = useVocabulary()
  const options = vocabulary.segments.map(s => ({ value: s.id, label: s.name }))
  return <Choose {...props} options={options} empty={t('fieldForm.noSegments')} />
}

export function JourneyField(props: FieldProps) {
  const { t } = useTranslation()
  const { ws } = useForm()
  const journeys = useApi('journeys', { ws }).data?.items ?? []
  const options = journeys.map(j => ({ value: j.id, label: j.name }))
  return <Choose {...props} options={options} empty={t('fieldForm.noJourneys')} />
}

/** By its name, which events carry. */
export function SourceField(props: FieldProps) {
  const { t } = useTranslation()
  const { ws } = useForm()
  const sources = useApi('sources', { ws }).data?.items ?? []
  const options = sources.map(s => ({ value: s.name, label: s.name }))
  return <Choose {...props} options={options} empty={t('triggerForm.noSources')} />
}

export function CampaignField(props: FieldProps) {
  const { t } = useTranslation()
  const { ws } = useForm()
  const campaigns = useApi('campaigns', { ws, query: { limit: 200 } }).data?.items ?? []
  const options = campaigns.map(c => ({ value: c.id, label: c.name }))
  return <Choose {...props} options={options} empty={t('triggerForm.noCampaigns')} />
}

/** A purpose of consent, by its name. */
export function TopicField(props: FieldProps) {
  const { t, i18n } = useTranslation()
  const { ws } = useForm()
  const purposes = useApi('consentPurposes', { ws }).data?.items ?? []
  const side = i18n.language === 'en' ? 'en' : 'zh'
  const options = purposes
    .filter(p => !p.archived && p.name !== MARKETING)
    .map(p => ({ value: p.name, label: p.label[side] || p.name }))
  return <Choose {...props} options={options} empty={t('fieldForm.noTopics')} />
}

/** An account of the channel beside it; offered where the channel has several. */
export function AccountField(props: FieldProps) {
  const { t } = useTranslation()
  const { ws } = useForm()
  const accounts = useApi('channels', { ws }).data?.items ?? []
  const options = accounts
    .filter(a => a.channel === props.beside.channel)
    .map(a => ({ value: a.id, label: a.name }))
  if (options.length < 2 && props.value === undefined) return null
  return <Choose {...props} options={options} empty={t('fieldForm.choose')} />
}

/** Another node of this journey. */
export function NodeField(props: FieldProps) {
  const { t } = useTranslation()
  const { graph, node } = useForm()
  const options = inOrder(graph)
    .filter(id => id !== node)
    .map((id, i) => ({ value: id, label: `${i + 1} ${nodeTitle(graph.nodes[id]!)}` }))
  return <Choose {...props} options={options} empty={t('fieldForm.noNodes')} />
}

export function CouponField(props: FieldProps) {
  const { names } = useVocabulary()
  const { options, onSearch } = useOffered('coupons', v =>
    v.coupons.map(c => ({ value: c, label: names.coupon(c) })),
  )
  return <Suggested of={props} known={options} onSearch={onSearch} />
}

/** Channels that messages leave by. */
export const SEND_CHANNELS = CHANNEL_NAMES

export function ChannelField(props: FieldProps) {
  const { t } = useTranslation()
  const options = SEND_CHANNELS.map(c => ({ value: c, label: word('channel', c) }))
  return <Choose {...props} options={options} empty={t('fieldForm.choose')} />
}
