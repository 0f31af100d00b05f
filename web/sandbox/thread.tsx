// The phone's other apps: SMS, WhatsApp, Messenger, Instagram, and the list of notifications. What the stand-in was sent,
// and what the customer writes or taps.
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: the thread scrolls and must be reachable by keyboard
// biome-ignore-all lint/correctness/useExhaustiveDependencies: a new message or another thread scrolls to the end
import { Button, Group, Popover, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSend2, IconUserPlus } from '@tabler/icons-react'
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
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed, 200)
  const [text, setText] = useState('')
  const contacts = useApi(
    'sandboxContacts',
    { ws, query: { channel, q: q || undefined, limit: 50 } },
    { keep: true, refetchInterval: 4000 },
  )
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
  const options = (contacts.data?.items ?? []).map(c => ({
    value: c.address,
    label: [c.name || c.address, ...(c.unread > 0 ? [t('sandbox.unread', { n: c.unread })] : [])].join(' · '),
  }))
  if (address && !options.some(o => o.value === address)) options.unshift({ value: address, label: address })
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
        {writes ? <NewContact ws={ws} channel={channel} done={choose} /> : null}
      </Group>
      <div className="chat thread" role="log" aria-label={word('channel', channel)} tabIndex={0}>
        {!address ? (
          <p className="chat-note">{t(options.length > 0 ? 'phone.chooseFirst' : 'phone.nobody')}</p>
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

const isPhone = (channel: string) => channel === 'sms' || channel === 'whatsapp'

function NewContact({
  ws,
  channel,
  done,
}: {
  ws: string
  channel: Exclude<ChannelName, 'line' | 'email'>
  done: (address: string) => void
}) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  const [name, setName] = useState('')
  const [phone, setPhone] = useState('')
  const act = useAct('sandboxAct')
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus width={240}>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          aria-label={t('phone.newContact')}
          onClick={() => setOpened(!opened)}
        >
          <IconUserPlus size={16} />
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={event => {
            event.preventDefault()
            // ids of Messenger and Instagram are digits
            const digits = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b % 10).join('')
            const address = isPhone(channel) ? phone.trim() : `7${digits()}`
            act.mutate(
              { ws, body: { channel, address, act: 'follow', name: name.trim() } },
              {
                onSuccess: () => {
                  done(address)
                  setOpened(false)
                  setName('')
                  setPhone('')
                },
              },
            )
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
          {isPhone(channel) ? (
            <TextInput
              size="xs"
              label={t('phone.number')}
              placeholder="+886912345678"
              pattern="\+[0-9]{8,15}"
              title="+886912345678"
              value={phone}
              required
              withAsterisk={false}
              onChange={e => setPhone(e.currentTarget.value)}
              mb={8}
            />
          ) : null}
          <Guarded scope="sandbox:use" size="xs" type="submit" loading={act.isPending}>
            {t('phone.add')}
          </Guarded>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
