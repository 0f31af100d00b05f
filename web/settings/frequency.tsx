// Frequency budget: rules of how many marketing messages one person gets, by segment and channel, and what each held back.
import { Button, Group, Modal, NativeSelect, NumberInput, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANNEL_NAMES, type ChannelName } from '../../src/channels/model.ts'
import type { Out } from '../../src/contract.ts'
import { sayRule } from '../../src/messages/frequency.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Card } from '../parts/page.tsx'
import { Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'

type Rule = Out<'frequencyRules'>['items'][number]
const useSide = () => (useTranslation().i18n.language === 'en' ? 'en' : 'zh')

export function Frequency({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const query = useApi('frequencyRules', { ws })
  const [open, setOpen] = useState<Rule | 'new' | null>(null)
  return (
    <Card title={t('frequency.title')}>
      <Stack gap="sm">
        <Text c="dimmed" size="sm">
          {t('frequency.text')}
        </Text>
        <Show query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Text size="sm">{t('frequency.empty')}</Text>
            ) : (
              <Rules ws={ws} items={items} edit={setOpen} />
            )
          }
        </Show>
        <Guarded
          scope="workspace:write"
          size="xs"
          variant="light"
          w="fit-content"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setOpen('new')}
        >
          {t('frequency.add')}
        </Guarded>
      </Stack>
      <Modal
        opened={open !== null}
        onClose={() => setOpen(null)}
        title={t(open === 'new' ? 'frequency.newTitle' : 'frequency.editTitle')}
        centered
      >
        {open === null ? null : (
          <Form ws={ws} rule={open === 'new' ? null : open} close={() => setOpen(null)} />
        )}
      </Modal>
    </Card>
  )
}

function Rules({ ws, items, edit }: { ws: string; items: Rule[]; edit: (rule: Rule) => void }) {
  const { t } = useTranslation()
  const say = useSay()
  const side = useSide()
  const [dropping, drop] = useState<Rule | null>(null)
  const remove = useAct('dropFrequencyRule', { done: t('frequency.removed') })
  return (
    <div className="table-scroll">
      <table className="table">
        <thead>
          <tr>
            <th>{t('frequency.rule')}</th>
            <th className="end">{t('frequency.held')}</th>
            <th aria-label={t('frequency.edit')} />
          </tr>
        </thead>
        <tbody>
          {items.map(rule => (
            <tr key={rule.id}>
              <td>
                {rule.say[side]}
                {rule.segmentLive ? null : (
                  <Text size="xs" c="dimmed">
                    {t('frequency.segmentGone')}
                  </Text>
                )}
              </td>
              <td className="end num">{say.count(rule.heldBack)}</td>
              <td>
                <Group gap={4} wrap="nowrap" justify="flex-end">
                  <Guarded
                    scope="workspace:write"
                    size="compact-xs"
                    variant="subtle"
                    aria-label={t('frequency.editRule', { rule: rule.say[side] })}
                    onClick={() => edit(rule)}
                  >
                    {t('frequency.edit')}
                  </Guarded>
                  <Guarded
                    scope="workspace:write"
                    size="compact-xs"
                    variant="subtle"
                    color="gray"
                    aria-label={t('frequency.removeRule', { rule: rule.say[side] })}
                    onClick={() => drop(rule)}
                  >
                    {t('frequency.remove')}
                  </Guarded>
                </Group>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Confirm
        opened={dropping !== null}
        title={t('frequency.removeTitle')}
        text={t('frequency.removeText', { rule: dropping?.say[side] ?? '' })}
        action={t('frequency.remove')}
        danger
        close={() => drop(null)}
        run={() => dropping && remove.mutate({ ws, rule: dropping.id })}
      />
    </div>
  )
}

const NEW = { segment: null, channel: null, max: 3, per: 'week', days: 7 } as const

function Form({ ws, rule, close }: { ws: string; rule: Rule | null; close: () => void }) {
  const { t } = useTranslation()
  const side = useSide()
  const segments = useApi('segments', { ws, query: { status: 'live' } }).data?.items ?? []
  const [held, put] = useState<Pick<Rule, 'segment' | 'channel' | 'max' | 'per' | 'days'>>(rule ?? NEW)
  const options = { done: t('frequency.saved'), after: close }
  const add = useAct('addFrequencyRule', options)
  const save = useAct('saveFrequencyRule', options)
  const { segment, channel, max, per, days } = held
  const named =
    segment === null
      ? null
      : (segments.find(s => s.id === segment)?.name ?? (rule?.segment === segment ? rule.segmentName : null))
  const choices = segments.map(s => ({ value: s.id, label: s.name }))
  if (rule?.segment && !segments.some(s => s.id === rule.segment))
    choices.push({ value: rule.segment, label: rule.segmentName ?? rule.segment })
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        const body = { segment, channel, max, per, days }
        if (rule === null) add.mutate({ ws, body })
        else save.mutate({ ws, rule: rule.id, body: { ...body, version: rule.version } })
      }}
    >
      <Stack gap="sm">
        <NativeSelect
          label={t('frequency.who')}
          data={[{ value: '', label: t('frequency.everybody') }, ...choices]}
          value={segment ?? ''}
          onChange={e => put({ ...held, segment: e.currentTarget.value || null })}
        />
        <NativeSelect
          label={t('frequency.channel')}
          data={[
            { value: '', label: t('frequency.allChannels') },
            ...CHANNEL_NAMES.map(value => ({ value, label: word('channel', value) })),
          ]}
          value={channel ?? ''}
          onChange={e => put({ ...held, channel: (e.currentTarget.value || null) as ChannelName | null })}
        />
        <NumberInput
          label={t('frequency.max')}
          min={1}
          max={50}
          allowDecimal={false}
          required
          withAsterisk={false}
          value={max}
          onChange={n => typeof n === 'number' && put({ ...held, max: n })}
        />
        <NativeSelect
          label={t('frequency.per')}
          data={(['day', 'week', 'days'] as const).map(value => ({
            value,
            label: t(`frequency.per_${value}`),
          }))}
          value={per}
          onChange={e => put({ ...held, per: e.currentTarget.value as Rule['per'] })}
        />
        {per === 'days' ? (
          <NumberInput
            label={t('frequency.days')}
            min={1}
            max={90}
            allowDecimal={false}
            required
            withAsterisk={false}
            value={days}
            onChange={n => typeof n === 'number' && put({ ...held, days: n })}
          />
        ) : null}
        <Text size="sm" role="status">
          {sayRule({ segmentName: segment === null ? null : (named ?? '…'), channel, max, per, days })[side]}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('common.cancel')}
          </Button>
          <Guarded scope="workspace:write" type="submit" loading={add.isPending || save.isPending}>
            {t('common.save')}
          </Guarded>
        </Group>
      </Stack>
    </form>
  )
}
