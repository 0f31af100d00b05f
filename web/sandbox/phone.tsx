// The phone's LINE chat: what the stand-in was sent, and what the customer answers, follows or blocks.
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: the chat scrolls and must be reachable by keyboard
// biome-ignore-all lint/correctness/useExhaustiveDependencies: a new message or another chat scrolls to the end
import { Group, TextInput } from '@mantine/core'
import { IconBrandLine, IconSend2 } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { LineBubbles, type Tap } from '../messages/line-bubbles.tsx'
import { Guarded } from '../parts/small.tsx'
import { Waiting, Wrong } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { ContactPick, NewContact, useContacts } from './contacts.tsx'
import { LineMenu } from './line-menu.tsx'

type Json = Record<string, unknown>
type Message = Out<'sandboxMessages'>['items'][number]

export function LineChat({
  ws,
  address,
  choose,
  open,
}: {
  ws: string
  address: string | undefined
  choose: (address: string) => void
  open: (url: string) => void
}) {
  const { t } = useTranslation()
  const people = useContacts(ws, 'line', address)
  const { contact } = people
  const chat = useApi(
    'sandboxMessages',
    { ws, query: { channel: 'line', address: address ?? '' } },
    { enabled: Boolean(address), refetchInterval: 4000 },
  )
  const act = useAct('sandboxAct')
  const [text, setText] = useState('')
  const end = useRef<HTMLDivElement>(null)
  const count = chat.data?.items.length ?? 0
  useEffect(() => {
    end.current?.parentElement?.scrollTo({ top: end.current.offsetTop })
  }, [count, address])

  const doAct = (
    what: 'follow' | 'unfollow' | 'text' | 'postback',
    more: { text?: string; data?: string } = {},
  ) => {
    if (address) act.mutate({ ws, body: { channel: 'line', address, act: what, ...more } })
  }
  const tap = (action: Tap) => {
    if (action.kind === 'open') open(action.url)
    else if (action.kind === 'text') doAct('text', { text: action.text })
    else doAct('postback', { data: action.data, text: action.text })
  }
  return (
    <>
      <Group className="thread-head" gap={8} wrap="nowrap">
        <ContactPick label={t('sandbox.chooseContact')} of={people} address={address} choose={choose} />
        <NewContact ws={ws} channel="line" done={choose} />
      </Group>
      <div className="line-title">
        <IconBrandLine size={18} aria-hidden /> {contact?.name || address || '—'}
        {contact && !contact.following ? <span className="blocked">{t('sandbox.blocked')}</span> : null}
      </div>
      <div
        className="chat"
        role="log"
        aria-label={t('sandbox.chatOf', { name: contact?.name ?? '' })}
        tabIndex={0}
      >
        {!address && (people.pending || people.items.length > 0) ? (
          people.pending ? (
            <Waiting rows={4} />
          ) : (
            <p className="chat-note">{t('sandbox.chooseContact')}</p>
          )
        ) : !address ? (
          <p className="chat-note">
            <b>{t('sandbox.noLine')}</b>
            <br />
            {t('sandbox.noLineText')}
          </p>
        ) : chat.isPending ? (
          <Waiting rows={4} />
        ) : chat.error && !chat.data ? (
          <Wrong error={chat.error} retry={() => void chat.refetch()} />
        ) : count === 0 ? (
          <p className="chat-note">{t('sandbox.noChat')}</p>
        ) : (
          chat.data?.items.map(m => <Entry key={m.id} message={m} tap={tap} />)
        )}
        <div ref={end} />
      </div>
      {address && contact?.following ? (
        <LineMenu ws={ws} address={address} name={contact.name || address} open={open} />
      ) : null}
      <form
        className="chat-write"
        onSubmit={event => {
          event.preventDefault()
          if (text.trim() === '') return
          doAct('text', { text: text.trim() })
          setText('')
        }}
      >
        <TextInput
          style={{ flex: 1 }}
          size="xs"
          aria-label={t('sandbox.write')}
          placeholder={t('sandbox.write')}
          value={text}
          disabled={!address || contact?.following === false}
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
        {contact ? (
          <Guarded
            scope="sandbox:use"
            size="xs"
            variant="default"
            loading={act.isPending}
            onClick={() => doAct(contact.following ? 'unfollow' : 'follow')}
          >
            {t(contact.following ? 'sandbox.unfollow' : 'sandbox.follow')}
          </Guarded>
        ) : null}
      </form>
    </>
  )
}

function Entry({ message, tap }: { message: Message; tap: (tap: Tap) => void }) {
  const { t } = useTranslation()
  const say = useSay()
  const payload = (message.payload ?? {}) as Json
  const time = (
    <time className="chat-time" dateTime={message.at}>
      {say.short(message.at)}
    </time>
  )
  if (message.direction === 'to_customer') {
    const messages = Array.isArray(payload.messages) ? (payload.messages as Json[]) : [payload]
    return (
      <div className="chat-row">
        <LineBubbles messages={messages} act={tap} />
        {time}
      </div>
    )
  }
  if (payload.type === 'follow' || payload.type === 'unfollow')
    return (
      <p className="chat-note">
        {t(payload.type === 'follow' ? 'sandbox.follow' : 'sandbox.unfollow')} · {time}
      </p>
    )
  return (
    <div className="chat-row mine">
      {time}
      <div className="bubble mine">{String(payload.text ?? payload.data ?? '')}</div>
    </div>
  )
}
