// The customer's inbox: mails of one address, newest first; one opened in a sandboxed frame, with one-click unsubscribe.
import { Anchor, Group, Text, UnstyledButton } from '@mantine/core'
import { IconMail } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useAct, useApi } from '../api/queries.ts'
import { MailFrame } from '../messages/mail-frame.tsx'
import { Guarded } from '../parts/small.tsx'
import { Empty, Waiting, Wrong } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { ContactPick, useContacts } from './contacts.tsx'

type Mail = { subject?: string; from?: string; html?: string; text?: string }

export function Inbox({
  ws,
  address,
  mail,
  choose,
  read,
}: {
  ws: string
  address: string | undefined
  mail: string | undefined
  choose: (address: string) => void
  read: (mail: string | undefined) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const people = useContacts(ws, 'email', address)
  const box = useApi(
    'sandboxMessages',
    { ws, query: { channel: 'email', address: address ?? '' } },
    { enabled: Boolean(address), refetchInterval: 4000 },
  )
  const act = useAct('sandboxAct', { done: t('sandbox.unsubscribed') })
  const mails = (box.data?.items ?? []).filter(m => m.direction === 'to_customer').reverse()
  const opened = mails.find(m => m.id === mail)
  const content = (opened?.payload ?? {}) as Mail
  return (
    <section className="card pane inbox" aria-label={t('sandbox.inbox')}>
      <Group className="card-head" gap={8} wrap="nowrap">
        <Text fw={650} component="h2" size="sm">
          {t('sandbox.inbox')}
        </Text>
        <ContactPick
          label={t('sandbox.searchContact')}
          of={people}
          address={address}
          choose={choose}
          withAddress
        />
      </Group>
      {!address && people.pending ? (
        <Waiting rows={4} />
      ) : !address ? (
        <Empty icon={<IconMail />} title={t('sandbox.noInbox')} text={t('sandbox.noMailText')} />
      ) : box.isPending ? (
        <Waiting rows={4} />
      ) : box.error && !box.data ? (
        <Wrong error={box.error} retry={() => void box.refetch()} />
      ) : opened ? (
        <div className="card-body">
          <Anchor component="button" size="sm" onClick={() => read(undefined)}>
            ← {t('sandbox.back')}
          </Anchor>
          <Text fw={650} mt={6}>
            {content.subject}
          </Text>
          <Text size="xs" c="dimmed" mb={8}>
            {t('sandbox.from')} {content.from} · {say.short(opened.at)}
          </Text>
          <MailFrame html={content.html ?? `<pre>${escapeHtml(content.text ?? '')}</pre>`} height={300} />
          <Guarded
            scope="sandbox:use"
            mt={8}
            size="xs"
            variant="default"
            loading={act.isPending}
            onClick={() =>
              act.mutate({ ws, body: { channel: 'email', address, act: 'unsubscribe', message: opened.id } })
            }
          >
            {t('sandbox.unsubscribe')}
          </Guarded>
        </div>
      ) : mails.length === 0 ? (
        <Empty icon={<IconMail />} title={t('sandbox.noMail')} text={t('sandbox.noMailText')} />
      ) : (
        <ul className="plain mail-list">
          {mails.map(m => {
            const item = (m.payload ?? {}) as Mail
            return (
              <li key={m.id}>
                <UnstyledButton w="100%" px={14} onClick={() => read(m.id)}>
                  <Group justify="space-between" wrap="nowrap">
                    <Text fw={550} truncate>
                      {item.subject}
                    </Text>
                    <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
                      {say.short(m.at)}
                    </Text>
                  </Group>
                  <Text size="xs" c="dimmed" truncate>
                    {item.text?.slice(0, 120) ?? item.from}
                  </Text>
                </UnstyledButton>
              </li>
            )
          })}
        </ul>
      )}
    </section>
  )
}

const escapeHtml = (s: string): string =>
  s.replace(/[&<>]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] ?? c)
