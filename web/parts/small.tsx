// Small parts used everywhere: time, state badge, channel, guarded button, copy, figures.
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
import {
  ActionIcon,
  Button,
  type ButtonProps,
  CopyButton,
  Group,
  Text,
  Tooltip,
  UnstyledButton,
} from '@mantine/core'
import {
  IconBell,
  IconBrandInstagram,
  IconBrandLine,
  IconBrandMessenger,
  IconBrandWhatsapp,
  IconBuildingStore,
  IconCheck,
  IconCopy,
  IconDeviceMobile,
  IconHeadset,
  IconInfoCircle,
  IconMail,
  IconMessage,
  IconTruck,
  IconWorld,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Scope } from '../../src/contract.ts'
import { word } from '../i18n.ts'
import { useDisabledReason, useNow, useSay } from '../use.ts'

/** Relative to workspace time, exact on hover. */
export function Time({ at, exact }: { at: string | number; exact?: boolean }) {
  const say = useSay()
  const now = useNow()
  const full = `${say.exact(at)} ${say.zone}`
  return (
    <Tooltip label={full}>
      <time dateTime={new Date(at).toISOString()}>{exact ? say.short(at) : say.relative(at, now)}</time>
    </Tooltip>
  )
}

type Tone = 'good' | 'wait' | 'bad' | 'skip' | 'accent'
const TONES: Record<string, Tone> = {
  intended: 'wait',
  claimed: 'wait',
  sending: 'wait',
  pending: 'wait',
  paused: 'wait',
  unknown: 'wait',
  accepted: 'good',
  delivered: 'good',
  opened: 'good',
  clicked: 'good',
  live: 'good',
  up: 'good',
  failed: 'bad',
  bounced: 'bad',
  complained: 'bad',
  blocked: 'bad',
  down: 'bad',
  skipped: 'skip',
  stopped: 'skip',
  draft: 'skip',
}

export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className={`badge badge-${tone}`}>{children}</span>
}
export function StateBadge({ state }: { state: string }) {
  return <Badge tone={TONES[state] ?? 'skip'}>{word('state', state)}</Badge>
}

const CHANNEL_ICONS: Record<string, typeof IconMail> = {
  line: IconBrandLine,
  email: IconMail,
  web: IconWorld,
  app: IconDeviceMobile,
  push: IconBell,
  webpush: IconWorld,
  whatsapp: IconBrandWhatsapp,
  messenger: IconBrandMessenger,
  instagram: IconBrandInstagram,
  store: IconBuildingStore,
  support: IconHeadset,
}

export const channelIcon = (name: string): typeof IconMail => CHANNEL_ICONS[name] ?? IconMessage

export function Channel({ name }: { name: string }) {
  const Icon = channelIcon(name)
  return (
    <span className={`channel channel-${name}`}>
      <Icon size={15} aria-hidden /> {word('channel', name)}
    </span>
  )
}

const SALES_ICONS: Record<string, typeof IconWorld> = { online: IconWorld, store: IconBuildingStore }

/** Where a sale was made. */
export function SalesChannel({ name }: { name: string }) {
  const Icon = SALES_ICONS[name] ?? IconTruck
  return (
    <span className={`sales sales-${name}`}>
      <Icon size={13} aria-hidden /> {word('salesChannel', name)}
    </span>
  )
}

/** A button that says why it cannot be used instead of hiding. */
export function Guarded({
  scope,
  reason,
  children,
  onClick,
  ...rest
}: { scope: Scope; reason?: string | null; children: ReactNode; onClick?: () => void } & ButtonProps & {
    type?: 'submit' | 'button'
  }) {
  const disabledReason = useDisabledReason()
  const why = disabledReason(scope) ?? reason ?? null
  return (
    <Tooltip label={why} disabled={why === null}>
      <Button
        {...rest}
        onClick={why === null ? onClick : e => e.preventDefault()}
        data-disabled={why !== null || undefined}
        aria-disabled={why !== null}
        aria-description={why ?? undefined}
      >
        {children}
      </Button>
    </Tooltip>
  )
}

export function Copy({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation()
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('common.copied') : label}>
          <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label={label}>
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  )
}

export function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    <div className="code">
      <section tabIndex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
      <div className="code-copy">
        <Copy value={text} label={label} />
      </div>
    </div>
  )
}

/** A figure with its definition. */
export function Figure({
  label,
  value,
  definition,
  tone,
  to,
}: {
  label: string
  value: ReactNode
  definition?: string
  tone?: Tone
  to?: ReactNode
}) {
  return (
    <div className="figure">
      <Group gap={4} wrap="nowrap">
        <Text c="dimmed" size="sm">
          {label}
        </Text>
        {definition ? <Definition text={definition} /> : null}
      </Group>
      <div className={`figure-value${tone ? ` tone-${tone}` : ''}`}>{value}</div>
      {to}
    </div>
  )
}

export function Definition({ text }: { text: string }) {
  const { t } = useTranslation()
  return (
    <Tooltip label={text} events={{ hover: true, focus: true, touch: true }}>
      <UnstyledButton className="hint" aria-label={`${t('common.definition')}: ${text}`}>
        <IconInfoCircle size={14} />
      </UnstyledButton>
    </Tooltip>
  )
}

/** Loads the next page of a list. */
export function More({
  query,
}: {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
}) {
  const { t } = useTranslation()
  if (!query.hasNextPage) return null
  return (
    <Group justify="center" p="sm">
      <Button
        variant="default"
        size="xs"
        loading={query.isFetchingNextPage}
        onClick={() => void query.fetchNextPage()}
      >
        {t('common.more')}
      </Button>
    </Group>
  )
}
