// The customer's phone: one app for each channel, LINE's chat first, notifications last.
import { Group, SegmentedControl, Text, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type ChannelName, CHANNEL_NAMES } from '../../src/channels/model.ts'
import { word } from '../i18n.ts'
import { channelIcon } from '../parts/small.tsx'
import { LineChat } from './phone.tsx'
import { Thread } from './thread.tsx'

type App = Exclude<ChannelName, 'email'>
const APPS = CHANNEL_NAMES.filter((c): c is App => c !== 'email')
export const isApp = (name: string | undefined): name is App => APPS.some(a => a === name)

function AppIcon({ app }: { app: App }) {
  const Icon = channelIcon(app)
  return (
    <span className="phone-app" title={word('channel', app)}>
      <Icon size={16} aria-hidden />
      <VisuallyHidden>{word('channel', app)}</VisuallyHidden>
    </span>
  )
}

export function PhonePane({
  ws,
  app,
  show,
  line,
  to,
  choose,
  open,
}: {
  ws: string
  app: App
  show: (app: string) => void
  /** whose LINE, and whose address on the other app */
  line: string | undefined
  to: string | undefined
  choose: (part: { line?: string; to?: string }) => void
  open: (url: string) => void
}) {
  const { t } = useTranslation()
  return (
    <section className="card pane phone" aria-label={t('sandbox.phone')}>
      <Group className="card-head phone-head" gap={8} wrap="nowrap">
        <Text fw={650} component="h2" size="sm" style={{ flex: 'none' }}>
          {t('sandbox.phone')}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={t('phone.app')}
          value={app}
          onChange={show}
          data={APPS.map(value => ({ value, label: <AppIcon app={value} /> }))}
        />
        <Text size="sm" c="dimmed" truncate className="phone-name">
          {word('channel', app)}
        </Text>
      </Group>
      {app === 'line' ? (
        <LineChat ws={ws} address={line} choose={address => choose({ line: address })} open={open} />
      ) : (
        <Thread
          key={app}
          ws={ws}
          channel={app}
          address={to}
          choose={address => choose({ to: address })}
          open={open}
        />
      )}
    </section>
  )
}
