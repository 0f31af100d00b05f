// The customer's phone: one app for each channel, LINE's chat first, notifications last.
import { Group, SegmentedControl, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type ChannelName, CHANNEL_NAMES } from '../../src/channels/model.ts'
import { word } from '../i18n.ts'
import { LineChat } from './phone.tsx'
import { Thread } from './thread.tsx'

type App = Exclude<ChannelName, 'email'>
const APPS = CHANNEL_NAMES.filter((c): c is App => c !== 'email')
export const isApp = (name: string | undefined): name is App => APPS.some(a => a === name)

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
        <Text fw={650} component="h2" size="sm">
          {t('sandbox.phone')}
        </Text>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it is narrow */}
        <section className="phone-apps" aria-label={t('phone.app')} tabIndex={0}>
          <SegmentedControl
            size="xs"
            aria-label={t('phone.app')}
            value={app}
            onChange={show}
            data={APPS.map(value => ({ value, label: word('channel', value) }))}
          />
        </section>
      </Group>
      {app === 'line' ? (
        <LineChat ws={ws} address={line} choose={address => choose({ line: address })} open={open} />
      ) : (
        <Thread key={app} ws={ws} channel={app} address={to} choose={address => choose({ to: address })} open={open} />
      )}
    </section>
  )
}
