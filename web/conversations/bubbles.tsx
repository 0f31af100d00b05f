// What was said, as bubbles: the customer's at the left, the team's at the right, notes and what happened between them.
import { Anchor, Button, Group, Text } from '@mantine/core'
import { IconLock, IconMapPin } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { word } from '../i18n.ts'
import { Badge, StateBadge, Time } from '../parts/small.tsx'
import './conversations.css'

type Entry = Out<'conversationEntries'>['items'][number]

export function Bubbles({ entries, retry }: { entries: Entry[]; retry: (entry: Entry) => void }) {
  return (
    <ol className="plain talk">
      {entries.map(entry => (
        <li key={entry.id} className={`talk-${entry.side}`}>
          {entry.side === 'system' && entry.kind !== 'away' ? (
            <Between entry={entry} />
          ) : (
            <Bubble entry={entry} retry={() => retry(entry)} />
          )}
        </li>
      ))}
    </ol>
  )
}

function Between({ entry }: { entry: Entry }) {
  const { t } = useTranslation()
  const said =
    entry.kind === 'handed' && entry.text
      ? t('inbox.handed', { to: entry.text })
      : entry.kind === 'handed'
        ? t('inbox.takeBack')
        : word('entryKind', entry.kind)
  return (
    <Text size="xs" c="dimmed" ta="center">
      {entry.kind === 'resolved' && entry.text ? `${said} (${entry.text})` : said} ·{' '}
      <Time at={entry.at} exact />
    </Text>
  )
}

const isWeb = (value: unknown): value is string => typeof value === 'string' && /^https?:\/\//.test(value)
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function Bubble({ entry, retry }: { entry: Entry; retry: () => void }) {
  const { t } = useTranslation()
  const failed = entry.side === 'team' && (entry.state === 'failed' || entry.state === 'skipped')
  return (
    <>
      <div className="talk-bubble">
        <Inside entry={entry} />
      </div>
      <Group gap={6} className="talk-foot">
        {entry.side === 'note' ? (
          <Badge tone="skip">
            <IconLock size={11} aria-hidden /> {t('inbox.note')}
          </Badge>
        ) : null}
        {entry.kind === 'away' ? <Badge tone="skip">{t('inbox.awaySaid')}</Badge> : null}
        {entry.author && entry.side !== 'system' ? (
          <Text size="xs" c="dimmed">
            {entry.author}
          </Text>
        ) : null}
        <Text size="xs" c="dimmed">
          <Time at={entry.at} exact />
        </Text>
        {entry.state && !failed ? <StateBadge state={entry.state} /> : null}
        {failed ? (
          <>
            <Badge tone="bad">
              {t('inbox.failed')}
              {entry.reason ? ` · ${word('reason', entry.reason)}` : ''}
            </Badge>
            <Button size="compact-xs" variant="default" onClick={retry}>
              {t('inbox.retry')}
            </Button>
          </>
        ) : null}
      </Group>
    </>
  )
}

function Inside({ entry }: { entry: Entry }) {
  const { t } = useTranslation()
  const { kind, data } = entry
  if (kind === 'unsent') return <em>{t('inbox.unsent')}</em>
  const media = data?.media
  if (kind === 'image' && isWeb(media))
    return (
      <>
        <img
          src={media}
          alt={entry.text ?? word('entryKind', 'image')}
          className="talk-image"
          loading="lazy"
        />
        {entry.text ? <div>{entry.text}</div> : null}
      </>
    )
  if (kind === 'location') {
    const place = [text(data?.title), text(data?.address)].filter(Boolean).join(' ')
    const [lat, lng] = [Number(data?.latitude), Number(data?.longitude)]
    const known = Number.isFinite(lat) && Number.isFinite(lng)
    return (
      <Group gap={6} wrap="nowrap">
        <IconMapPin size={16} aria-hidden />
        {known ? (
          <Anchor
            href={`https://www.openstreetmap.org/?mlat=${lat}&mlon=${lng}`}
            target="_blank"
            rel="noreferrer"
          >
            {place || word('entryKind', 'location')}
          </Anchor>
        ) : (
          place || word('entryKind', 'location')
        )}
      </Group>
    )
  }
  if (kind === 'text' || kind === 'away') return <>{entry.text ?? t('inbox.noText')}</>
  const more = entry.text ?? (text(data?.data) || text(data?.keywords) || text(data?.fileName))
  return (
    <>
      <span className="talk-kind">{word('entryKind', kind)}</span>
      {more ? ` ${more}` : ''}
      {isWeb(media) ? (
        <>
          {' '}
          <Anchor href={media} target="_blank" rel="noreferrer">
            {t('common.open')}
          </Anchor>
        </>
      ) : null}
    </>
  )
}
