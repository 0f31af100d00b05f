// One message: where it stands and why, what was sent, what happened; a person settles an unknown one here.
import { Alert, Drawer, Group, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { MessageContent } from '../../src/channels/content.ts'
import { isChannel } from '../../src/channels/model.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { useNodeName } from '../journey/node-name.tsx'
import { A } from '../parts/link.tsx'
import { Channel, Guarded, StateBadge, Time } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { ContentPreview } from './content-preview.tsx'

type Detail = Out<'message'>
/** message.rendered: what went to the provider */
type Rendered = {
  address: string
  content: MessageContent
  /** on what marketing was let out */
  consent?: { topic: string; at: number; version: string | null; source: string }
}

export function MessageDrawer({
  ws,
  message,
  close,
}: {
  ws: string
  message: string | undefined
  close: () => void
}) {
  const { t } = useTranslation()
  const query = useApi('message', { ws, message: message ?? '' }, { enabled: message !== undefined })
  return (
    <Drawer
      opened={message !== undefined}
      onClose={close}
      position="right"
      size="lg"
      title={<Text fw={650}>{t('messages.detail')}</Text>}
    >
      <Show query={query}>{data => <Body ws={ws} data={data} />}</Show>
    </Drawer>
  )
}

function Body({ ws, data }: { ws: string; data: Detail }) {
  const { t } = useTranslation()
  const say = useSay()
  const nodeName = useNodeName()
  const side = useTranslation().i18n.language === 'en' ? 'en' : 'zh'
  const sent = data.rendered as Rendered | null
  const rows = [
    {
      label: t('common.customer'),
      value: (
        <A to="/w/$ws/customers/$customer" params={{ ws, customer: data.customer }}>
          {data.customerName ?? data.customer}
        </A>
      ),
    },
    {
      label: t('common.journey'),
      value: data.journey ? (
        <A
          to="/w/$ws/journeys/$journey"
          params={{ ws, journey: data.journey }}
          search={{ node: data.node ?? undefined }}
        >
          {[data.journeyName, data.node === null ? '' : nodeName(data.nodeName)].filter(Boolean).join(' · ')}
        </A>
      ) : (
        '—'
      ),
    },
    { label: t('messages.address'), value: <span className="mono">{sent?.address ?? '—'}</span> },
    ...(sent?.consent
      ? [
          {
            label: t('consent.basis'),
            value: [
              word('purpose', sent.consent.topic),
              sent.consent.version ? t('person.proofVersion', { version: sent.consent.version }) : '',
              sent.consent.source,
              say.exact(sent.consent.at),
            ]
              .filter(Boolean)
              .join(' · '),
          },
        ]
      : []),
    ...(data.heldBy ? [{ label: t('frequency.by'), value: data.heldBy.say[side] }] : []),
    { label: t('messages.decided'), value: <Time at={data.at} exact /> },
    {
      label: t('messages.window'),
      value: [
        t('messages.from', { time: say.short(data.notBefore) }),
        data.notAfter ? t('messages.to', { time: say.short(data.notAfter) }) : '',
      ].join(' '),
    },
    { label: t('messages.attempts'), value: say.count(data.attempts) },
    { label: t('messages.providerId'), value: <span className="mono">{data.providerId ?? '—'}</span> },
  ]
  return (
    <Stack>
      <Group gap="sm">
        <Channel name={data.channel} />
        <StateBadge state={data.state} />
        {data.reason ? <Text>{word('reason', data.reason)}</Text> : null}
      </Group>
      <Settle ws={ws} data={data} />
      <dl style={{ margin: 0, display: 'grid', gridTemplateColumns: 'auto 1fr', gap: '4px 16px' }}>
        {rows.map(r => [
          <Text key={`${r.label}-t`} component="dt" c="dimmed" size="sm">
            {r.label}
          </Text>,
          <Text key={`${r.label}-d`} component="dd" m={0}>
            {r.value}
          </Text>,
        ])}
      </dl>
      <div>
        <Text component="h3" fw={600} mb={6}>
          {t(data.rendered ? 'messages.preview' : 'messages.intendedContent')}
        </Text>
        <Content content={sent?.content ?? (data.content as MessageContent)} address={sent?.address} />
      </div>
      <div>
        <Text component="h3" fw={600} mb={6}>
          {t('messages.timeline')}
        </Text>
        <ol className="plain">
          {data.timeline.map(item => (
            <li key={item.id}>
              <Group justify="space-between" wrap="nowrap" align="baseline">
                <Text>{word('fact', item.name)}</Text>
                <Text size="sm" c="dimmed">
                  <Time at={item.at} exact />
                </Text>
              </Group>
            </li>
          ))}
        </ol>
      </div>
    </Stack>
  )
}

/** As it looks on its channel; what goes to other systems is shown as it is stored. `address`: where it went. */
function Content({ content, address }: { content: MessageContent | null; address: string | undefined }) {
  if (content === null || !isChannel(content.channel))
    return <pre className="mono">{JSON.stringify(content, null, 2)}</pre>
  if (content.channel === 'email') return <ContentPreview content={content} height={360} />
  // LINE's template was sent to a number, the messages to a friend
  const shown =
    content.channel === 'line' && content.phoneTemplate && address !== undefined
      ? address.startsWith('+')
        ? { ...content, messages: [] }
        : { channel: content.channel, messages: content.messages }
      : content
  return (
    <div className="phone-wall">
      <ContentPreview content={shown} />
    </div>
  )
}

function Settle({ ws, data }: { ws: string; data: Detail }) {
  const { t } = useTranslation()
  const resolve = useAct('resolveMessage', { done: t('messages.resolved') })
  const unknown = data.state === 'unknown'
  const held = data.state === 'intended' && data.reason === 'restored'
  if (!unknown && !held) return null
  const choices = unknown ? (['accepted', 'failed'] as const) : (['release', 'skip'] as const)
  const labels = {
    accepted: t('messages.asAccepted'),
    failed: t('messages.asFailed'),
    release: t('messages.release'),
    skip: t('messages.skip'),
  }
  return (
    <Alert color="yellow" variant="outline" title={t('messages.resolve')}>
      <Text mb={8}>{t(unknown ? 'messages.resolveText' : 'messages.held')}</Text>
      <Group gap={8}>
        {choices.map(as => (
          <Guarded
            key={as}
            scope="messages:write"
            size="xs"
            variant="default"
            loading={resolve.isPending}
            onClick={() => resolve.mutate({ ws, message: data.id, body: { as } })}
          >
            {labels[as]}
          </Guarded>
        ))}
      </Group>
    </Alert>
  )
}
