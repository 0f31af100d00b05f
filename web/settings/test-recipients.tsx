// Who gets test sends: seed lists of customers, and which customer the signed-in person is.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct, useApi } from '../api/queries.ts'
import { PersonPick } from '../journey/person-pick.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Card } from '../parts/page.tsx'
import { Copy, Guarded, Time } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'

export function TestRecipients({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const query = useApi('testRecipients', { ws })
  return (
    <Stack>
      <Card title={t('testSend.lists')}>
        <Text size="sm" c="dimmed" mb="sm">
          {t('testSend.listsText')}
        </Text>
        <Show query={query}>
          {({ lists }) => (
            <Stack gap="sm">
              {lists.map(l => (
                <List key={l.name} ws={ws} name={l.name} members={l.members} />
              ))}
              <Add ws={ws} />
            </Stack>
          )}
        </Show>
      </Card>
      <Card title={t('testSend.me')}>
        <Show query={query}>{({ self }) => <Me ws={ws} name={self ? (self.name ?? '') : null} />}</Show>
      </Card>
    </Stack>
  )
}

function List({
  ws,
  name,
  members,
}: {
  ws: string
  name: string
  members: { customer: string; name: string | null }[]
}) {
  const { t } = useTranslation()
  const remove = useAct('removeTestRecipient')
  return (
    <section aria-label={name}>
      <Text fw={600}>{name}</Text>
      {members.map(m => (
        <Group key={m.customer} justify="space-between" wrap="nowrap">
          <Text size="sm">{m.name ?? t('testSend.nameless')}</Text>
          <Guarded
            scope="messages:write"
            size="compact-xs"
            variant="subtle"
            aria-label={`${t('testSend.remove')} ${m.name ?? ''}`}
            onClick={() => remove.mutate({ ws, body: { list: name, customer: m.customer } })}
          >
            {t('testSend.remove')}
          </Guarded>
        </Group>
      ))}
    </section>
  )
}

function Add({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const [list, setList] = useState('')
  const [customer, choose] = useState<string | null>(null)
  const add = useAct('addTestRecipient', { done: t('common.saved'), after: () => choose(null) })
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        if (customer) add.mutate({ ws, body: { list, customer } })
      }}
    >
      <Group align="flex-end">
        <TextInput
          size="sm"
          required
          label={t('testSend.listName')}
          maxLength={60}
          value={list}
          onChange={e => setList(e.currentTarget.value)}
        />
        <PersonPick ws={ws} value={customer} choose={choose} label={t('testSend.addWho')} />
        <Guarded scope="messages:write" size="sm" type="submit" loading={add.isPending}>
          {t('testSend.add')}
        </Guarded>
      </Group>
    </form>
  )
}

/** Chooses the customer that the signed-in person is. */
export function ThatIsMe({ ws, label }: { ws: string; label: string }) {
  const { t } = useTranslation()
  const [customer, choose] = useState<string | null>(null)
  const [sure, ask] = useState(false)
  const bind = useAct('bindTestSelf', { done: t('common.saved'), after: () => choose(null) })
  return (
    <>
      <Group align="flex-end">
        <PersonPick ws={ws} value={customer} choose={choose} label={label} />
        <Guarded scope="messages:write" size="sm" disabled={customer === null} onClick={() => ask(true)}>
          {t('testSend.bind')}
        </Guarded>
      </Group>
      <Confirm
        opened={sure}
        title={t('testSend.bindTitle')}
        text={t('testSend.bindText')}
        action={t('testSend.bind')}
        close={() => ask(false)}
        run={() => customer && bind.mutate({ ws, body: { customer } })}
      />
    </>
  )
}

function Me({ ws, name }: { ws: string; name: string | null }) {
  const { t } = useTranslation()
  const code = useAct('testCode')
  const bind = useAct('bindTestSelf', { done: t('common.saved') })
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('testSend.meText')}
      </Text>
      <Group>
        <Text>
          {name === null
            ? t('testSend.unbound')
            : t('testSend.bound', { name: name || t('testSend.nameless') })}
        </Text>
        {name === null ? null : (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => bind.mutate({ ws, body: { customer: null } })}
          >
            {t('testSend.unbind')}
          </Button>
        )}
      </Group>
      <Group>
        <Guarded
          scope="messages:write"
          size="sm"
          variant="default"
          loading={code.isPending}
          onClick={() => code.mutate({ ws })}
        >
          {t('testSend.code')}
        </Guarded>
        {code.data ? (
          <Group gap={6} role="status">
            <Text size="sm">{t('testSend.codeIs')}</Text>
            <Time at={code.data.ends} exact />
            <Text className="mono" fw={600}>
              {code.data.code}
            </Text>
            <Copy value={code.data.code} label={`${t('common.copy')} ${code.data.code}`} />
          </Group>
        ) : null}
      </Group>
      <ThatIsMe ws={ws} label={t('testSend.me')} />
    </Stack>
  )
}
