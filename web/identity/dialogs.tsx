// Merge and unmerge, each with what it would give before anything is changed.
import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi, usePages } from '../api/queries.ts'
import { useAttributeName } from '../customer/names.ts'
import { Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { PersonCard } from './person.tsx'

/** What became of a decision, said once. */
export function useSaid(after: () => void = () => undefined) {
  const { t } = useTranslation()
  return (out: Out<'mergeCustomers'>) => {
    notifications.show({
      message: t(out.status === 'done' ? 'identity.done' : 'identity.pending'),
      color: 'green',
      autoClose: 3000,
    })
    after()
  }
}

type Dialog = { ws: string; customer: string; opened: boolean; close: () => void }

/** Finds the other one, then shows what the merge gives. */
export function MergeDialog({ ws, customer, opened, close }: Dialog) {
  const { t } = useTranslation()
  const [other, choose] = useState<string | null>(null)
  const end = () => {
    choose(null)
    close()
  }
  return (
    <Modal opened={opened} onClose={end} size="xl" title={t(other ? 'identity.preview' : 'identity.find')}>
      {other ? (
        <MergePreview ws={ws} customer={customer} other={other} close={end} />
      ) : (
        <Find ws={ws} except={customer} choose={choose} />
      )}
    </Modal>
  )
}

function Find({ ws, except, choose }: { ws: string; except: string; choose: (id: string) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [q] = useDebouncedValue(text.trim(), 250)
  const list = usePages('customers', { ws, query: { q, limit: 10 } })
  const others = q === '' ? [] : list.items.filter(c => c.id !== except)
  return (
    <Stack>
      <TextInput
        type="search"
        data-autofocus
        leftSection={<IconSearch size={16} aria-hidden />}
        aria-label={t('identity.find')}
        placeholder={t('customers.search')}
        value={text}
        onChange={e => setText(e.currentTarget.value)}
      />
      <ul className="plain">
        {others.map(c => (
          <li key={c.id}>
            <Group justify="space-between" wrap="nowrap">
              <div>
                <Text fw={550}>{c.name ?? c.memberNo ?? t('customers.anonymous')}</Text>
                <Text size="xs" c="dimmed">
                  {[c.memberNo, c.email, c.phone].filter(Boolean).join(' · ')}
                </Text>
              </div>
              <Button size="xs" variant="default" onClick={() => choose(c.id)}>
                {t('identity.choose')}
              </Button>
            </Group>
          </li>
        ))}
      </ul>
      {q !== '' && !list.isPending && others.length === 0 ? (
        <Text c="dimmed">{t('customers.noneFound')}</Text>
      ) : null}
    </Stack>
  )
}

export function MergePreview({
  ws,
  customer,
  other,
  close,
}: {
  ws: string
  customer: string
  other: string
  close: () => void
}) {
  const { t } = useTranslation()
  const query = useApi('mergePreview', { ws, customer, query: { with: other } })
  const said = useSaid(close)
  const merge = useAct('mergeCustomers', { after: said })
  return (
    <Show query={query} rows={6}>
      {found => (
        <Stack>
          <Text size="sm" c="dimmed">
            {t('identity.previewText')}
          </Text>
          {found.warnings.map(w => (
            <Alert key={w} color="yellow" variant="outline" icon={<IconAlertTriangle size={18} />}>
              {t(`mergeWarning.${w}`)}
            </Alert>
          ))}
          <div className="half">
            <PersonCard ws={ws} person={found.survivor} label={t('identity.stays')} />
            <PersonCard ws={ws} person={found.merged} label={t('identity.joins')} />
          </div>
          <Differences found={found} />
          <Text fw={600}>{t('identity.after')}</Text>
          <PersonCard ws={ws} person={found.together} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('common.cancel')}
            </Button>
            <Guarded
              scope="customers:merge"
              loading={merge.isPending}
              onClick={() =>
                merge.mutate({ ws, customer, body: { with: other }, idempotencyKey: crypto.randomUUID() })
              }
            >
              {t('identity.merge')}
            </Guarded>
          </Group>
        </Stack>
      )}
    </Show>
  )
}

const said = (value: unknown): string =>
  value === null || value === undefined ? '—' : typeof value === 'string' ? value : JSON.stringify(value)

function Differences({ found }: { found: Out<'mergePreview'> }) {
  const { t } = useTranslation()
  const attribute = useAttributeName()
  const different = found.traits.filter(trait => trait.wins !== 'same')
  return (
    <>
      {different.length > 0 ? (
        <div className="table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th>{t('identity.attribute')}</th>
                <th>{t('identity.stays')}</th>
                <th>{t('identity.joins')}</th>
              </tr>
            </thead>
            <tbody>
              {different.map(trait => (
                <tr key={trait.name}>
                  <td>{attribute(trait.name)}</td>
                  <td>
                    {trait.wins === 'survivor' ? (
                      <b>{said(trait.survivor)}</b>
                    ) : (
                      <s>{said(trait.survivor)}</s>
                    )}
                  </td>
                  <td>
                    {trait.wins === 'merged' ? <b>{said(trait.merged)}</b> : <s>{said(trait.merged)}</s>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {found.runs.length > 0 ? (
        <div>
          <Text fw={600}>{t('identity.runs')}</Text>
          <ul className="plain">
            {found.runs.map(r => (
              <li key={`${r.journey}${r.from}${r.enteredAt}`}>
                {r.journeyName} · {t(r.from === 'survivor' ? 'identity.stays' : 'identity.joins')} ·{' '}
                {t(`runFate.${r.fate}`)}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </>
  )
}

export function UnmergeDialog({ ws, customer, opened, close, from }: Dialog & { from: string }) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={close} size="xl" title={t('identity.unmergeTitle')}>
      <UnmergePreview ws={ws} customer={customer} from={from} close={close} />
    </Modal>
  )
}

function UnmergePreview({ ws, customer, from, close }: Omit<Dialog, 'opened'> & { from: string }) {
  const { t } = useTranslation()
  const query = useApi('unmergePreview', { ws, customer, query: { from } })
  const saidIt = useSaid(close)
  const unmerge = useAct('unmergeCustomer', { after: saidIt })
  return (
    <Show query={query} rows={6}>
      {found => (
        <Stack>
          <Text size="sm" c="dimmed">
            {t('identity.unmergeText')}
          </Text>
          <div className="half">
            {[found.survivor, found.merged].map(side => (
              <div key={side.person.id}>
                <PersonCard ws={ws} person={side.person} />
                <Text size="sm" c="dimmed" mt={4}>
                  {t('identity.since', { n: side.events })}
                </Text>
              </div>
            ))}
          </div>
          {found.movedOrders.length > 0 ? (
            <Text size="sm">{t('identity.movedOrders', { list: found.movedOrders.join(', ') })}</Text>
          ) : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('common.cancel')}
            </Button>
            <Guarded
              scope="customers:merge"
              loading={unmerge.isPending}
              onClick={() =>
                unmerge.mutate({ ws, customer, body: { from }, idempotencyKey: crypto.randomUUID() })
              }
            >
              {t('identity.unmerge')}
            </Guarded>
          </Group>
        </Stack>
      )}
    </Show>
  )
}
