// The phone's other apps: SMS, WhatsApp, Messenger, Instagram, and the list of notifications. What the stand-in was sent,
// and what the customer writes or taps.
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: the thread scrolls and must be reachable by keyboard
// biome-ignore-all lint/correctness/useExhaustiveDependencies: a new message or another thread scrolls to the end
import { Group, TextInput } from '@mantine/core'
import { IconSend2 } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { ChannelName } from '../../src/channels/model.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Guarded } from '../parts/small.tsx'
import { Waiting, Wrong } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { Bubble, type Tapped } from './bubbles.tsx'
import { ContactPick, NewContact, useContacts } from './contacts.tsx'

type Message = Out<'sandboxMessages'>['items'][number]

/** Those on which a customer can write. */
const WRITES: ReadonlySet<string> = new Set(['sms', 'whatsapp', 'messenger', 'instagram'])

export function Thread({
  ws,
  channel,
  address,
  choose,
  open,
}: {
  ws: string
  channel: Exclude<ChannelName, 'line' | 'email'>
  address: string | undefined
  choose: (address: string) => void
  open: (url: string) => void
}) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const people = useContacts(ws, channel, address)
  const thread = useApi(
    'sandboxMessages',
    { ws, query: { channel, address: address ?? '' } },
    { enabled: Boolean(address), refetchInterval: 4000 },
  )
  const act = useAct('sandboxAct')
  const end = useRef<HTMLDivElement>(null)
  const count = thread.data?.items.length ?? 0
  useEffect(() => {
    end.current?.parentElement?.scrollTo({ top: end.current.offsetTop })
  }, [count, address])
  const writes = WRITES.has(channel)
  const tap = (what: Tapped) => {
    if (what.kind === 'open') open(what.url)
    else if (address)
      act.mutate({
        ws,
        body: {
          channel,
          address,
          act: what.kind === 'pick' ? 'text' : 'postback',
          data: what.data,
          text: what.text,
        },
      })
  }
  return (
    <>
      <Group className="thread-head" gap={8} wrap="nowrap">
        <ContactPick label={t('sandbox.chooseContact')} of={people} address={address} choose={choose} />
        {writes ? <NewContact ws={ws} channel={channel} done={choose} /> : null}
      </Group>
      <div className="chat thread" role="log" aria-label={word('channel', channel)} tabIndex={0}>
        {!address ? (
          <p className="chat-note">{t(people.items.length > 0 ? 'phone.chooseFirst' : 'phone.nobody')}</p>
        ) : thread.isPending ? (
          <Waiting rows={4} />
        ) : thread.error && !thread.data ? (
          <Wrong error={thread.error} retry={() => void thread.refetch()} />
        ) : count === 0 ? (
          <p className="chat-note">{t(writes ? 'phone.noMessages' : 'phone.noNotifications')}</p>
        ) : (
          thread.data?.items.map(m => <Entry key={m.id} message={m} tap={tap} />)
        )}
        <div ref={end} />
      </div>
      {writes ? (
        <form
          className="chat-write"
          onSubmit={event => {
            event.preventDefault()
            if (!address || text.trim() === '') return
            act.mutate({ ws, body: { channel, address, act: 'text', text: text.trim() } })
            setText('')
          }}
        >
          <TextInput
            style={{ flex: 1 }}
            size="xs"
            aria-label={t('sandbox.write')}
            placeholder={t(channel === 'sms' ? 'phone.writeSms' : 'sandbox.write')}
            value={text}
            disabled={!address}
            onChange={e => setText(e.currentTarget.value)}
          />
          <Guarded
            scope="sandbox:use"
            size="xs"
            type="submit"
            disabled={!address || text.trim() === ''}
            leftSection={<IconSend2 size={14} />}
          >
            {t('sandbox.send')}
          </Guarded>
        </form>
      ) : null}
    </>
  )
}

function Entry({ message, tap }: { message: Message; tap: (what: Tapped) => void }) {
  const { t } = useTranslation()
  const say = useSay()
  const payload = (message.payload ?? {}) as { type?: string; text?: string | null; data?: string }
  const time = (
    <time className="chat-time" dateTime={message.at}>
      {say.short(message.at)}
    </time>
  )
  if (message.direction === 'to_customer')
    return (
      <div className="chat-row">
        <Bubble channel={message.channel} payload={message.payload} tap={tap} />
        {time}
      </div>
    )
  if (payload.type === 'follow')
    return (
      <p className="chat-note">
        {t('phone.opened')} · {time}
      </p>
    )
  return (
    <div className="chat-row mine">
      {time}
      <div className="bubble mine">{payload.text || payload.data}</div>
    </div>
  )
}
