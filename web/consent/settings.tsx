// Settings > Consent: what the brand asks for, with its texts, and how many agreed and refused.
import {
  Button,
  Group,
  Modal,
  MultiSelect,
  Select,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { IconChecklist, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANNEL_NAMES, type ChannelName } from '../../src/channels/model.ts'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { currentLocale, word } from '../i18n.ts'
import { Card, Scroll } from '../parts/page.tsx'
import { Badge, Definition, Figure, Guarded } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'

type Purpose = Out<'consentPurposes'>['items'][number]

const NEW: Purpose = {
  name: '',
  label: { zh: '', en: '' },
  text: { zh: '', en: '' },
  channels: ['line', 'email'],
  asked: true,
  doubleOptIn: false,
  archived: false,
  textVersion: 1,
  version: 0,
}

export function ConsentSettings({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const query = useApi('consentPurposes', { ws })
  const [edited, edit] = useState<Purpose | null>(null)
  return (
    <Stack maw={900}>
      <Text c="dimmed">{t('consent.lead')}</Text>
      <Card
        title={t('consent.purposes')}
        aside={
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => edit(NEW)}
          >
            {t('consent.add')}
          </Button>
        }
      >
        <Show query={query}>
          {found => (
            <ul className="plain rows">
              {found.items.map(p => (
                <li key={p.name}>
                  <PurposeLine purpose={p} edit={() => edit(p)} />
                </li>
              ))}
            </ul>
          )}
        </Show>
      </Card>
      <Rates ws={ws} />
      {edited ? <Form key={edited.name} ws={ws} purpose={edited} close={() => edit(null)} /> : null}
    </Stack>
  )
}

function PurposeLine({ purpose, edit }: { purpose: Purpose; edit: () => void }) {
  const { t } = useTranslation()
  const language = currentLocale().startsWith('en') ? 'en' : 'zh'
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start">
      <div style={{ minWidth: 0 }}>
        <Group gap={8}>
          <Text fw={600}>{purpose.label[language]}</Text>
          <Text size="xs" c="dimmed" className="mono">
            {purpose.name}
          </Text>
          <Badge tone="skip">{t('consent.textVersion', { n: purpose.textVersion })}</Badge>
          {purpose.asked ? <Badge tone="accent">{t('consent.asked')}</Badge> : null}
          {purpose.doubleOptIn ? <Badge tone="good">double opt-in</Badge> : null}
          {purpose.archived ? <Badge tone="bad">{t('consent.archived')}</Badge> : null}
        </Group>
        <Text size="sm" c="dimmed">
          {purpose.text[language]}
        </Text>
        <Text size="xs" c="dimmed">
          {purpose.channels.map(c => word('channel', c)).join(' · ')}
        </Text>
      </div>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={t('consent.edit', { name: purpose.label[language] })}
        onClick={edit}
      >
        {t('consent.change')}
      </Button>
    </Group>
  )
}

function Form({ ws, purpose, close }: { ws: string; purpose: Purpose; close: () => void }) {
  const { t } = useTranslation()
  const [p, setP] = useState(purpose)
  const put = (change: Partial<Purpose>) => setP({ ...p, ...change })
  const save = useAct('saveConsentPurpose', { done: t('common.saved'), after: close })
  const isNew = purpose.name === ''
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={isNew ? t('consent.add') : t('consent.edit', { name: purpose.name })}
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          const { name, textVersion: _, ...body } = p
          save.mutate({ ws, name, body })
        }}
      >
        <Stack gap="sm">
          {isNew ? (
            <TextInput
              required
              label={t('consent.name')}
              description={t('consent.nameHelp')}
              pattern="[a-z][a-z0-9_]*"
              maxLength={32}
              value={p.name}
              onChange={e => put({ name: e.currentTarget.value })}
            />
          ) : null}
          <Group grow>
            <TextInput
              required
              label={t('consent.labelZh')}
              maxLength={60}
              value={p.label.zh}
              onChange={e => put({ label: { ...p.label, zh: e.currentTarget.value } })}
            />
            <TextInput
              required
              label={t('consent.labelEn')}
              maxLength={60}
              value={p.label.en}
              onChange={e => put({ label: { ...p.label, en: e.currentTarget.value } })}
            />
          </Group>
          <Textarea
            required
            autosize
            minRows={2}
            label={t('consent.textZh')}
            maxLength={2000}
            value={p.text.zh}
            onChange={e => put({ text: { ...p.text, zh: e.currentTarget.value } })}
          />
          <Textarea
            required
            autosize
            minRows={2}
            label={t('consent.textEn')}
            maxLength={2000}
            value={p.text.en}
            onChange={e => put({ text: { ...p.text, en: e.currentTarget.value } })}
          />
          <MultiSelect
            label={t('consent.channels')}
            data={CHANNEL_NAMES.map(c => ({ value: c, label: word('channel', c) }))}
            value={p.channels}
            onChange={channels => put({ channels: channels as ChannelName[] })}
          />
          {p.name === 'marketing' ? null : (
            <Switch
              label={t('consent.asked')}
              description={t('consent.askedHelp')}
              checked={p.asked}
              onChange={e => put({ asked: e.currentTarget.checked })}
            />
          )}
          <Switch
            label={t('consent.doubleOptIn')}
            checked={p.doubleOptIn}
            onChange={e => put({ doubleOptIn: e.currentTarget.checked })}
          />
          {isNew || p.name === 'marketing' ? null : (
            <Switch
              label={t('consent.archived')}
              checked={p.archived}
              onChange={e => put({ archived: e.currentTarget.checked })}
            />
          )}
          <Group justify="flex-end">
            <Guarded scope="workspace:write" type="submit" loading={save.isPending}>
              {t('common.save')}
            </Guarded>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

const SPANS = ['30', '90', '366']

function Rates({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const [days, setDays] = useState('30')
  const query = useApi('consentRates', { ws, query: { days: Number(days) } })
  return (
    <Card
      title={
        <Group gap={4}>
          {t('consent.rates')} <Definition text={t('consent.ratesDef')} />
        </Group>
      }
      aside={
        <Select
          size="xs"
          w={150}
          allowDeselect={false}
          aria-label={t('consent.rates')}
          data={SPANS.map(n => ({ value: n, label: t('consent.days', { n }) }))}
          value={days}
          onChange={value => setDays(value ?? '30')}
        />
      }
    >
      <Show query={query}>
        {found =>
          found.by.length === 0 && found.pending === 0 ? (
            <Empty icon={<IconChecklist />} title={t('consent.none')} text={t('consent.noneText')} />
          ) : (
            <>
              <Totals found={found} />
              <Scroll label={t('consent.rates')}>
                <table className="table">
                  <thead>
                    <tr>
                      <th>{t('consent.purposes')}</th>
                      <th>{t('common.channel')}</th>
                      <th className="end">{t('consent.agreed')}</th>
                      <th className="end">{t('consent.refused')}</th>
                      <th className="end">{t('consent.optOut')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {found.by.map(row => (
                      <tr key={`${row.purpose}/${row.channel}`}>
                        <td>{word('purpose', row.purpose)}</td>
                        <td>{word('channel', row.channel)}</td>
                        <td className="end">{say.count(row.on)}</td>
                        <td className="end">{say.count(row.off)}</td>
                        <td className="end">{say.share(row.off, row.on + row.off)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Scroll>
              <Scroll label={t('consent.day')}>
                <table className="table">
                  <thead>
                    <tr>
                      <th>{t('consent.day')}</th>
                      <th className="end">{t('consent.agreed')}</th>
                      <th className="end">{t('consent.refused')}</th>
                      <th className="end">{t('consent.optOut')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {found.days.toReversed().map(row => (
                      <tr key={row.day}>
                        <td>{row.day}</td>
                        <td className="end">{say.count(row.on)}</td>
                        <td className="end">{say.count(row.off)}</td>
                        <td className="end">{say.share(row.off, row.on + row.off)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Scroll>
            </>
          )
        }
      </Show>
    </Card>
  )
}

function Totals({ found }: { found: Out<'consentRates'> }) {
  const { t } = useTranslation()
  const say = useSay()
  const on = found.days.reduce((sum, d) => sum + d.on, 0)
  const off = found.days.reduce((sum, d) => sum + d.off, 0)
  return (
    <Group gap="xl" mb="sm">
      <Figure label={t('consent.agreed')} value={say.count(on)} />
      <Figure label={t('consent.refused')} value={say.count(off)} />
      <Figure
        label={t('consent.optOut')}
        value={say.share(off, on + off)}
        definition={t('consent.optOutDef')}
      />
      <Figure label={t('consent.pending')} value={say.count(found.pending)} />
    </Group>
  )
}
