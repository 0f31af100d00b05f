// The workspace's rules of stages, visits and purchase phases, and the contacts it wants. Saving publishes them.
// biome-ignore-all lint/suspicious/noArrayIndexKey: two conditions may be alike; they are only added and taken away
import {
  Button,
  Checkbox,
  CloseButton,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import {
  type ProfileSettings,
  type StageCondition,
  type StageRules,
  WANTED_CONTACTS,
} from '../../src/customers/settings.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { sayWhere } from '../rules/phrases.ts'
import { useEventLabel } from '../parts/event-label.ts'
import { EventPicker, EventsPicker } from '../parts/event-picker.tsx'
import { Card } from '../parts/page.tsx'
import { Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { type Say, useDisabledReason, useSay } from '../use.ts'

const EARNED = ['consideration', 'conversion', 'retention', 'advocacy'] as const
const KINDS = ['event', 'orders', 'return_visit', 'member'] as const

export function StageSettings({ ws }: { ws: string }) {
  const query = useApi('profileSettings', { ws })
  return <Show query={query}>{data => <Form key={data.version} ws={ws} data={data} />}</Show>
}

function Form({ ws, data }: { ws: string; data: Out<'profileSettings'> }) {
  const { t } = useTranslation()
  const [settings, set] = useState<ProfileSettings>(data.settings)
  const save = useAct('saveProfileSettings', { done: t('stages.published') })
  const change = <K extends 'visit' | 'phase'>(part: K, more: Partial<ProfileSettings[K]>) =>
    set({ ...settings, [part]: { ...settings[part], ...more } })
  const { visit, phase } = settings
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        save.mutate({ ws, body: { settings, version: data.version } })
      }}
    >
      <Stack maw={820}>
        <Card title={t('stages.title')}>
          <Text c="dimmed" mb="sm">
            {t('stages.lead')}
          </Text>
          <Stack>
            <StageBlock name={word('stage', 'awareness')}>
              <Text size="sm">{t('stages.awareness')}</Text>
            </StageBlock>
            {EARNED.map(stage => (
              <StageBlock key={stage} name={word('stage', stage)}>
                <Conditions
                  ws={ws}
                  list={settings.stages[stage]}
                  change={list => set({ ...settings, stages: { ...settings.stages, [stage]: list } })}
                />
              </StageBlock>
            ))}
          </Stack>
        </Card>
        <Card title={t('stages.visitTitle')}>
          <Text c="dimmed" mb="sm">
            {t('stages.visitLead')}
          </Text>
          <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} style={{ alignItems: 'end' }}>
            <Whole
              label={t('stages.idleMinutes')}
              max={1440}
              value={visit.idleMinutes}
              change={idleMinutes => change('visit', { idleMinutes })}
            />
            <NumberInput
              label={t('stages.engagedSeconds')}
              required
              withAsterisk={false}
              min={0}
              max={3600}
              decimalScale={3}
              value={visit.engagedOverMs / 1000}
              onChange={value =>
                typeof value === 'number' && change('visit', { engagedOverMs: Math.round(value * 1000) })
              }
            />
            <Whole
              label={t('stages.pageViews')}
              max={100}
              value={visit.pageViews}
              change={pageViews => change('visit', { pageViews })}
            />
            <Whole
              label={t('stages.conversions')}
              max={100}
              value={visit.conversions}
              change={conversions => change('visit', { conversions })}
            />
          </SimpleGrid>
          <EventsPicker
            ws={ws}
            mt="sm"
            label={t('stages.conversionEvents')}
            maxTags={50}
            value={visit.conversionEvents}
            onChange={conversionEvents => change('visit', { conversionEvents })}
          />
          <Switch
            mt="sm"
            label={t('stages.storeCheckIns')}
            description={t('stages.storeCheckInsHelp')}
            checked={visit.storeCheckIns ?? false}
            onChange={e => change('visit', { storeCheckIns: e.currentTarget.checked })}
          />
        </Card>
        <Card title={t('stages.phaseTitle')}>
          <Text c="dimmed" mb="sm">
            {t('stages.phaseLead')}
          </Text>
          <Group grow align="flex-end">
            <Whole
              label={t('stages.checkoutHours')}
              max={720}
              value={phase.checkoutHours}
              change={checkoutHours => change('phase', { checkoutHours })}
            />
            <Whole
              label={t('stages.postDays')}
              max={730}
              value={phase.postDays}
              change={postDays => change('phase', { postDays })}
            />
          </Group>
        </Card>
        <Card title={t('stages.contactsTitle')}>
          <Checkbox.Group
            label={t('stages.contactsLead')}
            value={settings.wantedContacts}
            onChange={chosen =>
              set({ ...settings, wantedContacts: WANTED_CONTACTS.filter(c => chosen.includes(c)) })
            }
          >
            <Group mt={6}>
              {WANTED_CONTACTS.map(contact => (
                <Checkbox key={contact} value={contact} label={t(`wantedContact.${contact}`)} />
              ))}
            </Group>
          </Checkbox.Group>
        </Card>
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {t('stages.fromNowOn')}
          </Text>
          <Group>
            <Button variant="default" onClick={() => set(data.defaults)}>
              {t('stages.defaults')}
            </Button>
            <Guarded scope="workspace:write" type="submit" loading={save.isPending}>
              {t('common.save')}
            </Guarded>
          </Group>
        </Group>
      </Stack>
    </form>
  )
}

function StageBlock({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section aria-label={name}>
      <Text fw={650} mb={4}>
        {name}
      </Text>
      {children}
    </section>
  )
}

function Whole({
  label,
  value,
  max,
  change,
}: {
  label: string
  value: number
  max: number
  change: (value: number) => void
}) {
  return (
    <NumberInput
      label={label}
      required
      withAsterisk={false}
      min={1}
      max={max}
      allowDecimal={false}
      value={value}
      onChange={next => typeof next === 'number' && change(next)}
    />
  )
}

function sayCondition(condition: StageCondition, say: Say, called: (event: string) => string): string {
  const { t } = say
  switch (condition.kind) {
    case 'event':
      return (
        (condition.atLeast === 1
          ? t('stages.sayOnce', { event: called(condition.event) })
          : t('stages.sayEvent', { event: called(condition.event), n: condition.atLeast })) +
        sayWhere(condition.where, say)
      )
    case 'orders':
      return condition.atLeast === 1 ? t('stages.sayOrder') : t('stages.sayOrders', { n: condition.atLeast })
    case 'return_visit':
      return t('stages.sayReturn', { days: condition.withinDays, trait: condition.trait })
    case 'member':
      return t('conditionKind.member')
  }
}

function Conditions({
  ws,
  list,
  change,
}: {
  ws: string
  list: StageRules[keyof StageRules]
  change: (list: StageCondition[]) => void
}) {
  const say = useSay()
  const { t } = say
  const called = useEventLabel(ws)
  const [adding, add] = useState<StageCondition | null>(null)
  const barred = useDisabledReason()('workspace:write')
  return (
    <Stack gap={6}>
      {list.length === 0 ? <Text c="dimmed">{t('stages.noCondition')}</Text> : null}
      <Group component="ul" gap={6} style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {list.map((condition, i) => {
          const text = sayCondition(condition, say, called)
          return (
            <li key={i} className="chip">
              {text}
              {barred ? null : (
                <CloseButton
                  size="xs"
                  aria-label={t('stages.removeCondition', { condition: text })}
                  onClick={() => change(list.filter((_, at) => at !== i))}
                />
              )}
            </li>
          )
        })}
      </Group>
      {adding ? (
        <NewCondition
          ws={ws}
          condition={adding}
          change={add}
          done={() => {
            change([...list, adding])
            add(null)
          }}
        />
      ) : barred ? null : (
        <Group>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => add({ kind: 'event', event: '', atLeast: 1 })}
          >
            {t('stages.addCondition')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

const BLANK: Record<StageCondition['kind'], StageCondition> = {
  event: { kind: 'event', event: '', atLeast: 1 },
  orders: { kind: 'orders', atLeast: 1 },
  return_visit: { kind: 'return_visit', withinDays: 90, trait: 'points' },
  member: { kind: 'member' },
}

function NewCondition({
  ws,
  condition,
  change,
  done,
}: {
  ws: string
  condition: StageCondition
  change: (condition: StageCondition | null) => void
  done: () => void
}) {
  const { t } = useTranslation()
  const ready =
    condition.kind === 'event'
      ? condition.event.trim() !== ''
      : condition.kind !== 'return_visit' || condition.trait.trim() !== ''
  return (
    <Group align="flex-end" gap={8}>
      <Select
        label={t('stages.kind')}
        allowDeselect={false}
        data={KINDS.map(kind => ({ value: kind, label: t(`conditionKind.${kind}`) }))}
        value={condition.kind}
        onChange={kind => kind && change(BLANK[kind as StageCondition['kind']])}
        data-autofocus
      />
      {condition.kind === 'event' ? (
        <EventPicker
          ws={ws}
          label={t('stages.event')}
          labelled
          size="sm"
          value={condition.event}
          onChange={event => change({ ...condition, event })}
        />
      ) : null}
      {condition.kind === 'event' || condition.kind === 'orders' ? (
        <Whole
          label={t('stages.atLeast')}
          max={100}
          value={condition.atLeast}
          change={atLeast => change({ ...condition, atLeast })}
        />
      ) : null}
      {condition.kind === 'return_visit' ? (
        <>
          <Whole
            label={t('stages.withinDays')}
            max={730}
            value={condition.withinDays}
            change={withinDays => change({ ...condition, withinDays })}
          />
          <TextInput
            label={t('stages.trait')}
            maxLength={64}
            value={condition.trait}
            onChange={e => change({ ...condition, trait: e.currentTarget.value })}
          />
        </>
      ) : null}
      <Button variant="default" onClick={() => change(null)}>
        {t('common.cancel')}
      </Button>
      <Button disabled={!ready} onClick={done}>
        {t('stages.addCondition')}
      </Button>
    </Group>
  )
}
