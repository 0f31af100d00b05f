// Whose phone or inbox it is: choosing one of the people a channel knows, by what is typed, and adding one.
import { Button, Popover, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChannelName } from '../../src/channels/model.ts'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Guarded } from '../parts/small.tsx'

export type Contact = Out<'sandboxContacts'>['items'][number]

/** The people of a channel as far as they fit what is typed, and whom to show. */
export function useContacts(ws: string, channel: ChannelName, address: string | undefined) {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed, 200)
  const query = useApi(
    'sandboxContacts',
    { ws, query: { channel, q: q || undefined, limit: 50 } },
    { keep: true, refetchInterval: 4000 },
  )
  const chosen = useApi(
    'sandboxContacts',
    { ws, query: { channel, q: address, limit: 1 } },
    { enabled: Boolean(address) },
  )
  const items = query.data?.items ?? []
  const contact =
    items.find(c => c.address === address) ?? chosen.data?.items.find(c => c.address === address)
  return { items, contact, setTyped, pending: query.isPending }
}

export function ContactPick({
  label,
  of: { items, contact, setTyped },
  address,
  choose,
  withAddress,
}: {
  label: string
  of: ReturnType<typeof useContacts>
  address: string | undefined
  choose: (address: string) => void
  /** the address beside the name */
  withAddress?: boolean
}) {
  const { t } = useTranslation()
  const nameOf = (c: Contact) =>
    [
      c.name || c.address,
      ...(withAddress && c.name ? [c.address] : []),
      ...(c.unread > 0 && !withAddress ? [t('sandbox.unread', { n: c.unread })] : []),
    ].join(' · ')
  const options = items.map(c => ({ value: c.address, label: nameOf(c) }))
  if (address && !options.some(o => o.value === address))
    options.unshift({ value: address, label: contact ? nameOf(contact) : address })
  return (
    <Select
      size="xs"
      searchable
      style={{ flex: 1 }}
      aria-label={label}
      placeholder={t('sandbox.chooseContact')}
      allowDeselect={false}
      data={options}
      filter={({ options: all }) => all /* the server searches */}
      onSearchChange={value => setTyped(options.some(o => o.label === value) ? '' : value)}
      value={address ?? null}
      onChange={value => value && choose(value)}
    />
  )
}

const isPhone = (channel: string) => channel === 'sms' || channel === 'whatsapp'
/** As the provider names people: LINE U and 32 hexadecimal digits, Messenger and Instagram digits. */
function newAddress(channel: ChannelName, phone: string): string {
  if (isPhone(channel)) return phone.trim()
  if (channel === 'line') return `U${crypto.randomUUID().replaceAll('-', '')}`
  return `7${Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b % 10).join('')}`
}

export function NewContact({
  ws,
  channel,
  done,
}: {
  ws: string
  channel: Exclude<ChannelName, 'email'>
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
          aria-label={t(channel === 'line' ? 'sandbox.addFriend' : 'phone.newContact')}
          onClick={() => setOpened(!opened)}
        >
          <IconUserPlus size={16} />
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={event => {
            event.preventDefault()
            const address = newAddress(channel, phone)
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
            {t(channel === 'line' ? 'sandbox.follow' : 'phone.add')}
          </Guarded>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
