// The bell of the top bar: what journeys told the team, and what of it the reader has not read yet.
import {
  ActionIcon,
  Button,
  Group,
  Indicator,
  Popover,
  ScrollArea,
  Stack,
  Text,
  Tooltip,
} from '@mantine/core'
import { IconAlertTriangle, IconBell, IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi, usePages } from '../api/queries.ts'
import { A } from '../parts/link.tsx'
import { More, Time } from '../parts/small.tsx'
import { Waiting, Wrong } from '../parts/state.tsx'
import { useWs } from '../use.ts'

type Notice = Out<'notices'>['items'][number]
/** More are counted no further. */
const MOST = 100

export function Notices() {
  const { t } = useTranslation()
  const ws = useWs()
  const [opened, setOpened] = useState(false)
  const unread = useApi('notices', { ws, query: { limit: 1 } }).data?.unread ?? 0
  const label =
    unread === 0 ? t('notices.title') : t('notices.unread', { n: unread >= MOST ? `${MOST}+` : unread })
  return (
    <Popover width={380} position="bottom-end" shadow="md" trapFocus opened={opened} onChange={setOpened}>
      <Popover.Target>
        <Tooltip label={label}>
          <Indicator
            disabled={unread === 0}
            label={unread >= MOST ? `${MOST}+` : unread}
            size={15}
            offset={6}
            color="red.8"
          >
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={label}
              aria-expanded={opened}
              onClick={() => setOpened(o => !o)}
            >
              <IconBell size={19} />
            </ActionIcon>
          </Indicator>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        {opened ? <List ws={ws} unread={unread} close={() => setOpened(false)} /> : null}
      </Popover.Dropdown>
    </Popover>
  )
}

function List({ ws, unread, close }: { ws: string; unread: number; close: () => void }) {
  const { t } = useTranslation()
  const list = usePages('notices', { ws, query: { limit: 20 } })
  const read = useAct('readNotices')
  return (
    <section aria-label={t('notices.title')}>
      <Group justify="space-between" p="sm" wrap="nowrap">
        <Text fw={600}>{t('notices.title')}</Text>
        {unread > 0 ? (
          <Button
            size="compact-xs"
            variant="subtle"
            loading={read.isPending}
            onClick={() => read.mutate({ ws, body: {} })}
          >
            {t('notices.readAll')}
          </Button>
        ) : null}
      </Group>
      <ScrollArea.Autosize mah={420} type="auto" viewportProps={{ tabIndex: 0 }}>
        {list.isPending ? (
          <div style={{ padding: 12 }}>
            <Waiting rows={3} />
          </div>
        ) : list.error && list.items.length === 0 ? (
          <Wrong error={list.error} retry={() => void list.refetch()} />
        ) : list.items.length === 0 ? (
          <Text c="dimmed" size="sm" p="sm" pt={0}>
            {t('notices.empty')}
          </Text>
        ) : (
          <ul className="plain" style={{ padding: '0 12px 12px' }}>
            {list.items.map(n => (
              <One
                key={n.id}
                ws={ws}
                notice={n}
                close={close}
                read={n.read ? undefined : () => read.mutate({ ws, body: { ids: [n.id] } })}
              />
            ))}
          </ul>
        )}
        <More query={list} />
      </ScrollArea.Autosize>
    </section>
  )
}

function One({
  ws,
  notice: n,
  close,
  read,
}: {
  ws: string
  notice: Notice
  close: () => void
  read?: () => void
}) {
  const { t } = useTranslation()
  const Icon = n.level === 'warning' ? IconAlertTriangle : IconInfoCircle
  return (
    <li>
      <Group gap={8} align="flex-start" wrap="nowrap" py={6}>
        <Icon
          size={17}
          role="img"
          aria-label={t(`notices.${n.level}`)}
          style={{ flex: 'none', marginTop: 3 }}
        />
        <Stack gap={2} style={{ flex: 1, minWidth: 0 }}>
          <Text size="sm" fw={n.read ? 400 : 600} style={{ overflowWrap: 'anywhere' }}>
            {n.text}
          </Text>
          <Text size="xs" c="dimmed">
            <A to="/w/$ws/customers/$customer" params={{ ws, customer: n.customer }} onClick={close}>
              {n.customerName ?? t('customers.anonymous')}
            </A>
            {' · '}
            <A to="/w/$ws/journeys/$journey" params={{ ws, journey: n.journey }} onClick={close}>
              {n.journeyName ?? t('notices.journey')}
            </A>
            {' · '}
            <Time at={n.at} />
          </Text>
          {read ? (
            <Button size="compact-xs" variant="subtle" w="fit-content" onClick={read}>
              {t('notices.read')}
            </Button>
          ) : null}
        </Stack>
      </Group>
    </li>
  )
}
