// How many marketing messages one person gets: one list of limits in sentences, each with what it held back. The simplest, a cap
// (everybody, all channels, so many days in a row), is kept by journeys as they decide; the others at the last moment.
import { Button, Checkbox, Group, Modal, NativeSelect, NumberInput, Stack, Switch, Text } from '@mantine/core'
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
type Caps = Out<'sendingRules'>
type Held = Pick<Rule, 'segment' | 'channel' | 'max' | 'per' | 'days'>
/** `cap`: its place among the caps; a rule is itself. */
type Limit = { cap: number; held: Held } | { rule: Rule; held: Held }

const DAY_MS = 86_400_000
const MOST_CAPS = 4
const MOST_CAP_DAYS = 366
const MOST_RULE_DAYS = 90
const NEW: Held = { segment: null, channel: null, max: 3, per: 'week', days: 7 }

const useSide = () => (useTranslation().i18n.language === 'en' ? 'en' : 'zh')
const sayHeld = (held: Held, segmentName: string | null, side: 'zh' | 'en'): string =>
  sayRule({ ...held, segmentName })[side]
const heldOf = ({ max, withinMs }: Caps['caps'][number]): Held => ({
  segment: null,
  channel: null,
  max,
  per: 'days',
  days: Math.max(1, Math.round(withinMs / DAY_MS)),
})
const capOf = ({ max, days }: Held) => ({ max, withinMs: days * DAY_MS })
/** What journeys can keep as they decide. */
const mayBeCap = ({ segment, channel, per }: Held): boolean =>
  segment === null && channel === null && per === 'days'

export function PersonLimits({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const caps = useApi('sendingRules', { ws })
  const rules = useApi('frequencyRules', { ws })
  const [open, setOpen] = useState<Limit | 'new' | null>(null)
  return (
    <Card title={t('frequency.title')}>
      <Stack gap="sm">
        <Text c="dimmed" size="sm">
          {t('frequency.text')}
        </Text>
        <Show query={caps}>
          {kept => (
            <Show query={rules}>
              {({ items }) => (
                <>
                  <Limits ws={ws} caps={kept} rules={items} edit={setOpen} />
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
                  {kept.caps.length > 0 ? <CountAll ws={ws} caps={kept} /> : null}
                  <Modal
                    opened={open !== null}
                    onClose={() => setOpen(null)}
                    title={t(open === 'new' ? 'frequency.newTitle' : 'frequency.editTitle')}
                    centered
                  >
                    {open === null ? null : (
                      <Form
                        ws={ws}
                        caps={kept}
                        limit={open === 'new' ? null : open}
                        close={() => setOpen(null)}
                      />
                    )}
                  </Modal>
                </>
              )}
            </Show>
          )}
        </Show>
      </Stack>
    </Card>
  )
}

function Limits({
  ws,
  caps,
  rules,
  edit,
}: {
  ws: string
  caps: Caps
  rules: Rule[]
  edit: (limit: Limit) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const side = useSide()
  const [dropping, drop] = useState<{ said: string; limit: Limit } | null>(null)
  const removeRule = useAct('dropFrequencyRule', { done: t('frequency.removed') })
  const saveCaps = useAct('saveSendingRules', { done: t('frequency.removed') })
  const limits: Limit[] = [
    ...caps.caps.map((cap, i) => ({ cap: i, held: heldOf(cap) })),
    ...rules.map(rule => ({ rule, held: rule })),
  ]
  if (limits.length === 0) return <Text size="sm">{t('frequency.empty')}</Text>
  const remove = (limit: Limit) =>
    'rule' in limit
      ? removeRule.mutate({ ws, rule: limit.rule.id })
      : saveCaps.mutate({ ws, body: { ...caps, caps: caps.caps.toSpliced(limit.cap, 1) } })
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
          {limits.map(limit => {
            const rule = 'rule' in limit ? limit.rule : null
            const said = rule ? rule.say[side] : sayHeld(limit.held, null, side)
            return (
              <tr key={rule?.id ?? `cap ${'cap' in limit ? limit.cap : ''}`}>
                <td>
                  {said}
                  {rule === null ? (
                    <Text size="xs" c="dimmed">
                      {t('frequency.early')}
                    </Text>
                  ) : rule.segmentLive ? null : (
                    <Text size="xs" c="dimmed">
                      {t('frequency.segmentGone')}
                    </Text>
                  )}
                </td>
                <td className="end num">{rule === null ? '—' : say.count(rule.heldBack)}</td>
                <td>
                  <Group gap={4} wrap="nowrap" justify="flex-end">
                    <Guarded
                      scope="workspace:write"
                      size="compact-xs"
                      variant="subtle"
                      aria-label={t('frequency.editRule', { rule: said })}
                      onClick={() => edit(limit)}
                    >
                      {t('frequency.edit')}
                    </Guarded>
                    <Guarded
                      scope="workspace:write"
                      size="compact-xs"
                      variant="subtle"
                      color="gray"
                      aria-label={t('frequency.removeRule', { rule: said })}
                      onClick={() => drop({ said, limit })}
                    >
                      {t('frequency.remove')}
                    </Guarded>
                  </Group>
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <Confirm
        opened={dropping !== null}
        title={t('frequency.removeTitle')}
        text={t('frequency.removeText', { rule: dropping?.said ?? '' })}
        action={t('frequency.remove')}
        danger
        close={() => drop(null)}
        run={() => dropping && remove(dropping.limit)}
      />
    </div>
  )
}

/** Of the limits that journeys keep as they decide. */
function CountAll({ ws, caps }: { ws: string; caps: Caps }) {
  const { t } = useTranslation()
  const save = useAct('saveSendingRules', { done: t('common.saved') })
  return (
    <Switch
      label={t('sending.countTransactional')}
      description={t('sending.countText')}
      checked={caps.countTransactional}
      onChange={e => save.mutate({ ws, body: { ...caps, countTransactional: e.currentTarget.checked } })}
    />
  )
}

function Form({
  ws,
  caps,
  limit,
  close,
}: {
  ws: string
  caps: Caps
  limit: Limit | null
  close: () => void
}) {
  const { t } = useTranslation()
  const side = useSide()
  const segments = useApi('segments', { ws, query: { status: 'live' } }).data?.items ?? []
  const rule = limit !== null && 'rule' in limit ? limit.rule : null
  const at = limit !== null && 'cap' in limit ? limit.cap : null
  const [held, put] = useState<Held>(limit?.held ?? NEW)
  const [wantsEarly, setEarly] = useState(at !== null)
  const options = { done: t('frequency.saved') }
  const add = useAct('addFrequencyRule', options)
  const save = useAct('saveFrequencyRule', options)
  const drop = useAct('dropFrequencyRule')
  const saveCaps = useAct('saveSendingRules', options)
  const moveOut = useAct('saveSendingRules')
  const { segment, channel, max, per, days } = held
  const room = at !== null || caps.caps.length < MOST_CAPS
  const early = wantsEarly && mayBeCap(held) && room
  const named =
    segment === null
      ? null
      : (segments.find(s => s.id === segment)?.name ?? (rule?.segment === segment ? rule.segmentName : null))
  const choices = segments.map(s => ({ value: s.id, label: s.name }))
  if (rule?.segment && !segments.some(s => s.id === rule.segment))
    choices.push({ value: rule.segment, label: rule.segmentName ?? rule.segment })
  /** A rule that becomes a cap, or a cap that becomes a rule, stands as one of both at every moment. */
  const submit = async () => {
    const body = { segment, channel, max, per, days }
    if (early) {
      const next = at === null ? [...caps.caps, capOf(held)] : caps.caps.with(at, capOf(held))
      await saveCaps.mutateAsync({ ws, body: { ...caps, caps: next } })
      if (rule !== null) await drop.mutateAsync({ ws, rule: rule.id })
    } else if (rule !== null)
      await save.mutateAsync({ ws, rule: rule.id, body: { ...body, version: rule.version } })
    else {
      await add.mutateAsync({ ws, body })
      if (at !== null) await moveOut.mutateAsync({ ws, body: { ...caps, caps: caps.caps.toSpliced(at, 1) } })
    }
    close()
  }
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        // what went wrong is told by the call itself, and the dialog stays
        submit().catch(() => undefined)
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
            max={early ? MOST_CAP_DAYS : MOST_RULE_DAYS}
            allowDecimal={false}
            required
            withAsterisk={false}
            value={days}
            onChange={n => typeof n === 'number' && put({ ...held, days: n })}
          />
        ) : null}
        {mayBeCap(held) ? (
          <Checkbox
            label={t('frequency.earlyLabel')}
            description={t(room ? 'frequency.earlyText' : 'frequency.earlyFull', { n: MOST_CAPS })}
            disabled={!room}
            checked={early}
            onChange={e => setEarly(e.currentTarget.checked)}
          />
        ) : null}
        <Text size="sm" role="status">
          {sayHeld(held, segment === null ? null : (named ?? '…'), side)}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('common.cancel')}
          </Button>
          <Guarded
            scope="workspace:write"
            type="submit"
            loading={add.isPending || save.isPending || saveCaps.isPending}
          >
            {t('common.save')}
          </Guarded>
        </Group>
      </Stack>
    </form>
  )
}
