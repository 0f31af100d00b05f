// A phone with a LINE chat: what the stand-in was sent, and what the customer answers, follows or blocks.
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: the chat scrolls and must be reachable by keyboard
// biome-ignore-all lint/correctness/useExhaustiveDependencies: a new message or another chat scrolls to the end
import { Button, Group, Popover, Select, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconBrandLine, IconSend2, IconUserPlus } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { LineBubbles, type Tap } from '../messages/line-bubbles.tsx'
import { Guarded } from '../parts/small.tsx'
import { Waiting, Wrong } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { LineMenu } from './line-menu.tsx'

type Json = Record<string, unknown>
type Message = Out<'sandboxMessages'>['items'][number]

export function Phone({
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
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed, 200)
  const contacts = useApi(
    'sandboxContacts',
    { ws, query: { channel: 'line', q: q || undefined, limit: 50 } },
    { keep: true },
  )
  const chosen = useApi(
    'sandboxContacts',
    { ws, query: { channel: 'line', q: address, limit: 1 } },
    { enabled: Boolean(address) },
  )
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

  const items = contacts.data?.items ?? []
  const contact =
    items.find(c => c.address === address) ?? chosen.data?.items.find(c => c.address === address)
  const options = items.map(c => ({
    value: c.address,
    label:
      c.unread > 0 ? `${c.name || c.address} · ${t('sandbox.unread', { n: c.unread })}` : c.name || c.address,
  }))
  if (contact && !options.some(o => o.value === contact.address))
    options.unshift({ value: contact.address, label: contact.name || contact.address })
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
    <section className="card pane phone" aria-label={t('sandbox.phone')}>
      <Group className="card-head" gap={8} wrap="nowrap">
        <Text fw={650} component="h2" size="sm">
          {t('sandbox.phone')}
        </Text>
        <Select
          size="xs"
          searchable
          style={{ flex: 1 }}
          aria-label={t('sandbox.chooseContact')}
          placeholder={t('sandbox.chooseContact')}
          allowDeselect={false}
          data={options}
          filter={({ options: all }) => all /* the server searches */}
          onSearchChange={value => setTyped(options.some(o => o.label === value) ? '' : value)}
          value={address ?? null}
          onChange={value => value && choose(value)}
        />
        <NewFriend ws={ws} done={choose} />
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
        {!address ? (
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
    </section>
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

function NewFriend({ ws, done }: { ws: string; done: (address: string) => void }) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  const [name, setName] = useState('')
  const act = useAct('sandboxAct')
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus width={240}>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          aria-label={t('sandbox.addFriend')}
          onClick={() => setOpened(!opened)}
        >
          <IconUserPlus size={16} />
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={event => {
            event.preventDefault()
            // LINE's user ids: U and 32 hexadecimal digits
            const address = `U${crypto.randomUUID().replaceAll('-', '')}`
            act.mutate(
              { ws, body: { channel: 'line', address, act: 'follow', name: name.trim() } },
              { onSuccess: () => done(address) },
            )
            setOpened(false)
            setName('')
          }}
        >
          <TextInput
            size="xs"
            label={t('sandbox.friendName')}
            value={name}
            required
            withAsterisk={false}
            onChange={e => setName(e.currentTarget.value)}
            mb={8}
          />
          <Guarded scope="sandbox:use" size="xs" type="submit">
            {t('sandbox.follow')}
          </Guarded>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
