// What a customer would get now: filled in by the server with their data, in their language, with what is better looked at.
import { Alert, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../../src/contract.ts'
import { ApiProblem } from '../../api/call.ts'
import { useApi } from '../../api/queries.ts'
import { PersonPick } from '../../journey/person-pick.tsx'
import { A } from '../../parts/link.tsx'
import { Badge } from '../../parts/small.tsx'
import { Waiting, Wrong } from '../../parts/state.tsx'
import { useSay, useWs } from '../../use.ts'
import { ContentPreview, type Shown } from '../content-preview.tsx'
import { MailFrame } from '../mail-frame.tsx'

const DEVICES = ['desktop', 'phone', 'dark'] as const
type Device = (typeof DEVICES)[number]
const WAIT_MS = 350

export function PreviewAs({
  ws,
  content,
  purpose,
  event,
}: {
  ws: string
  content: unknown
  purpose: 'marketing' | 'transactional'
  event?: { name: string; props: Record<string, unknown> }
}) {
  const { t } = useTranslation()
  const [customer, choose] = useState<string | null>(null)
  const [locale, speak] = useState('')
  const [device, hold] = useState<Device>('desktop')
  const [asked] = useDebouncedValue(content, WAIT_MS)
  const query = useApi(
    'previewContent',
    {
      ws,
      body: {
        content: asked,
        purpose,
        ...(customer === null ? {} : { customer }),
        ...(locale === '' ? {} : { locale }),
        ...(event ? { event } : {}),
      },
    },
    { keep: true },
  )
  const isMail = (content as { channel?: unknown } | null)?.channel === 'email'
  const invalid = query.error instanceof ApiProblem && query.error.status === 400
  return (
    <Stack gap="sm">
      <PersonPick ws={ws} value={customer} choose={choose} />
      <Group gap="sm">
        <Select
          size="xs"
          w={150}
          aria-label={t('editor.asLanguage')}
          allowDeselect={false}
          data={[
            { value: '', label: t('editor.asLanguage') },
            { value: 'zh-TW', label: t('editor.language_zh') },
            { value: 'en', label: t('editor.language_en') },
          ]}
          value={locale}
          onChange={v => speak(v ?? '')}
        />
        {isMail ? (
          <SegmentedControl
            size="xs"
            aria-label={t('editor.device')}
            value={device}
            onChange={v => hold(v as Device)}
            data={DEVICES.map(d => ({ value: d, label: t(`editor.device_${d}`) }))}
          />
        ) : null}
      </Group>
      {invalid ? (
        <Text size="sm" c="dimmed" role="status">
          {t('editor.mend')}
        </Text>
      ) : query.error ? (
        <Wrong error={query.error} retry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Waiting rows={4} />
      ) : (
        <Seen data={query.data} device={device} nobody={customer === null} />
      )}
    </Stack>
  )
}

function Seen({ data, device, nobody }: { data: Out<'previewContent'>; device: Device; nobody: boolean }) {
  const { t } = useTranslation()
  const say = useSay()
  const ws = useWs()
  const shown = data.content as Shown | null | string
  return (
    <>
      {nobody ? (
        <Text size="xs" c="dimmed">
          {t('editor.nobody')}
        </Text>
      ) : null}
      {data.stoodIn === 'newest' ? (
        <Text size="xs" c="dimmed" role="status">
          {t('editor.newestStandIn')}
        </Text>
      ) : data.stoodIn === 'nothing' ? (
        <Alert color="yellow" variant="outline" py={6}>
          {t('editor.noProducts')}{' '}
          <A to="/w/$ws/catalogue" params={{ ws }} size="sm">
            {t('editor.toCatalogue')}
          </A>
        </Alert>
      ) : null}
      {data.fault !== null ? (
        <Alert color="red" variant="outline" role="alert">
          {t('editor.cannotFill', { why: data.fault })}
        </Alert>
      ) : shown === null || typeof shown !== 'object' ? (
        <Text size="sm" c="dimmed">
          {t('editor.masked')}
        </Text>
      ) : shown.channel === 'email' ? (
        <div>
          <Text size="sm" fw={600} mb={4}>
            {shown.subject}
          </Text>
          <div style={{ maxWidth: device === 'phone' ? 375 : undefined, margin: '0 auto' }}>
            <MailFrame html={shown.html ?? ''} height={520} dark={device === 'dark'} />
          </div>
        </div>
      ) : (
        <div className="phone-wall">
          <ContentPreview content={shown} />
        </div>
      )}
      {data.sms ? (
        <Text size="sm" role="status">
          {t('editor.smsCount', {
            units: say.count(data.sms.units),
            parts: say.count(data.sms.parts),
            encoding: data.sms.encoding,
            perPart: data.sms.perPart,
          })}
          {data.sms.cost === null
            ? ''
            : ` · ${t('editor.smsCost', { cost: `${data.sms.currency} ${(data.sms.cost * data.sms.parts).toFixed(2)}` })}`}
        </Text>
      ) : null}
      <Findings findings={data.findings} />
    </>
  )
}

function Findings({ findings }: { findings: Out<'previewContent'>['findings'] }) {
  const { t } = useTranslation()
  const { locale } = useSay()
  return (
    <section aria-label={t('editor.findings')}>
      <Text component="h3" size="sm" fw={600} mb={4}>
        {t('editor.findings')}
      </Text>
      {findings.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('editor.clean')}
        </Text>
      ) : (
        <ul className="plain">
          {findings.map((f, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is shown, never changed
            <li key={i}>
              <Group gap={6} wrap="nowrap" align="flex-start">
                <Badge tone={f.level === 'warning' ? 'wait' : 'skip'}>{t(`editor.${f.level}`)}</Badge>
                <Text size="sm">{f.message[locale === 'en' ? 'en' : 'zh']}</Text>
              </Group>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
