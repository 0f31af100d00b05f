// One conversation: who answers, what was said (older pages on demand), and where to write.
import { ActionIcon, Alert, Button, Group, Popover, Select, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconArrowLeft } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi, usePages } from '../api/queries.ts'
import { A } from '../parts/link.tsx'
import { Channel, Guarded } from '../parts/small.tsx'
import { Show, Waiting, Wrong } from '../parts/state.tsx'
import { useDisabledReason } from '../use.ts'
import { Bubbles } from './bubbles.tsx'
import { Clocks } from './clocks.tsx'
import { Composer } from './composer.tsx'
import { Status } from './list.tsx'
import './conversations.css'

type Data = Out<'conversation'>
type Where = { ws: string; customer: string; channel: string }

/** How often it is asked who else is writing: that ends by itself, without any event. */
const ASK_MS = 10_000

/** `clocks`: false where they are shown beside it. */
export function Thread({ where, back, clocks = true }: { where: Where; back: () => void; clocks?: boolean }) {
  const query = useApi('conversation', where, { refetchInterval: ASK_MS })
  return (
    <section className="card thread">
      <Show query={query}>{data => <Open where={where} data={data} back={back} clocks={clocks} />}</Show>
    </section>
  )
}

type Parts = { where: Where; data: Data; back: () => void; clocks: boolean }

function Open({ where, data, back, clocks }: Parts) {
  const { t } = useTranslation()
  const list = usePages('conversationEntries', { ...where, query: { limit: 40 } })
  const again = useAct('replyInConversation')
  useRead(where, data)
  return (
    <>
      <Head where={where} data={data} back={back} clocks={clocks} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="thread-body" tabIndex={0} aria-label={t('inbox.thread')}>
        {list.isPending ? (
          <Waiting rows={6} />
        ) : list.error && list.items.length === 0 ? (
          <Wrong error={list.error} retry={() => void list.refetch()} />
        ) : (
          <div>
            {list.hasNextPage ? (
              <Group justify="center" mb="sm">
                <Button
                  size="compact-xs"
                  variant="default"
                  loading={list.isFetchingNextPage}
                  onClick={() => void list.fetchNextPage()}
                >
                  {t('inbox.older')}
                </Button>
              </Group>
            ) : null}
            <Bubbles
              entries={list.items.toReversed()}
              retry={entry =>
                again.mutate(
                  {
                    ...where,
                    body: { retryOf: entry.message ?? '' },
                    idempotencyKey: `retry-${entry.message}`,
                  },
                  {
                    onSuccess: out => {
                      const said = out.body as { title?: string; action?: string } | null
                      if (out.status >= 300)
                        notifications.show({
                          title: said?.title ?? '',
                          message: said?.action ?? '',
                          color: 'red',
                        })
                    },
                  },
                )
              }
            />
          </div>
        )}
      </section>
      <Composer key={`${where.customer}/${where.channel}`} where={where} data={data} />
    </>
  )
}

/** What is open before somebody's eyes is read. */
function useRead(where: Where, data: Data): void {
  const { mutate } = useAct('changeConversation', { quiet: true })
  const may = useDisabledReason()('conversations:write') === null
  const { ws, customer, channel } = where
  useEffect(() => {
    if (may && data.unread > 0) mutate({ ws, customer, channel, body: { read: true } })
  }, [may, data.unread, ws, customer, channel, mutate])
}

function Head({ where, data, back, clocks }: Parts) {
  const { t } = useTranslation()
  const change = useAct('changeConversation')
  const team = useApi('conversationTeam', { ws: where.ws })
  const barred = useDisabledReason()('conversations:write')
  const me = useApi('me', {})
  const others = data.answering !== null && data.answering.id !== me.data?.user.id
  return (
    <div className="thread-head">
      <Group justify="space-between" gap={8} p="10px 16px">
        <Group gap={8}>
          <ActionIcon
            variant="subtle"
            color="gray"
            hiddenFrom="sm"
            aria-label={t('inbox.back')}
            onClick={back}
          >
            <IconArrowLeft size={18} />
          </ActionIcon>
          <Text fw={650} component="h2">
            <A to="/w/$ws/customers/$customer" params={{ ws: where.ws, customer: data.customer }}>
              {data.customerName ?? t('customers.anonymous')}
            </A>
          </Text>
          <Channel name={data.channel} />
          <Status status={data.status} />
        </Group>
        <Group gap={8}>
          <Select
            size="xs"
            w={150}
            clearable
            aria-label={t('inbox.assignee')}
            placeholder={t('inbox.nobody')}
            disabled={barred !== null}
            data={(team.data?.items ?? []).map(m => ({ value: m.id, label: m.name }))}
            value={data.assignee?.id ?? null}
            onChange={assignee => change.mutate({ ...where, body: { assignee } })}
          />
          <Guarded
            scope="conversations:write"
            size="xs"
            variant="default"
            loading={change.isPending}
            onClick={() =>
              change.mutate({ ...where, body: { status: data.status === 'closed' ? 'open' : 'closed' } })
            }
          >
            {t(data.status === 'closed' ? 'inbox.reopen' : 'inbox.close')}
          </Guarded>
          <HandOver where={where} data={data} />
        </Group>
      </Group>
      {clocks ? <Clocks clocks={data.clocks} /> : null}
      {others ? (
        <Alert color="blue" variant="light" py={4} mx={16} mb={6} role="status">
          {t('inbox.answering', { name: data.answering!.name })} · {t('inbox.answeringToo')}
        </Alert>
      ) : null}
      {data.handedTo !== null ? (
        <Alert
          color="yellow"
          variant="outline"
          py={6}
          mx={16}
          mb={6}
          title={t('inbox.handed', { to: data.handedTo })}
        >
          <Guarded
            scope="conversations:write"
            size="compact-xs"
            variant="default"
            onClick={() => change.mutate({ ...where, body: { handedTo: null } })}
          >
            {t('inbox.takeBack')}
          </Guarded>
        </Alert>
      ) : null}
    </div>
  )
}

function HandOver({ where, data }: { where: Where; data: Data }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [to, setTo] = useState('')
  const change = useAct('changeConversation', { after: () => setOpen(false) })
  if (data.handedTo !== null) return null
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus withinPortal>
      <Popover.Target>
        <Button size="xs" variant="subtle" color="gray" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t('inbox.handOver')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={event => {
            event.preventDefault()
            change.mutate({ ...where, body: { handedTo: to } })
          }}
        >
          <Group align="flex-end" gap="xs">
            <TextInput
              size="xs"
              required
              withAsterisk={false}
              maxLength={60}
              label={t('inbox.handTo')}
              value={to}
              onChange={e => setTo(e.currentTarget.value)}
            />
            <Guarded scope="conversations:write" type="submit" size="xs" loading={change.isPending}>
              {t('inbox.handOver')}
            </Guarded>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
