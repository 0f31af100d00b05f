// What an account's provider asks for a message: its price table, and the exchange rates of other currencies.
import { Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PRICE_CATEGORIES } from '../../src/channels/price.ts'
import type { In, Out } from '../../src/contract.ts'
import { wallDate } from '../../src/platform/wall-time.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Badge, Guarded } from '../parts/small.tsx'
import { useNow, useSay, useWorkspace } from '../use.ts'

type Found = Out<'prices'>
type Price = Found['items'][number]
type Account = Out<'channels'>['items'][number]

/** Those whose addresses are phone numbers, so that a country's price can be told by them. */
const BY_NUMBER = ['sms', 'whatsapp']
const CURRENCIES = ['TWD', 'USD', 'EUR', 'JPY', 'HKD', 'CNY', 'SGD', 'GBP', 'KRW', 'THB', 'MYR', 'AUD']

export function Prices({ ws, account }: { ws: string; account: Account }) {
  const { t } = useTranslation()
  const { data } = useApi('prices', { ws })
  const [adding, add] = useState(false)
  if (data === undefined) return null
  const own = data.items.filter(p => p.account === account.id)
  return (
    <section aria-label={`${t('prices.title')} · ${account.name}`}>
      <Group justify="space-between" mb={4}>
        <Text component="h3" size="sm" fw={600}>
          {t('prices.title')}
        </Text>
        <Guarded
          scope="channels:write"
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => add(true)}
        >
          {t('prices.add')}
        </Guarded>
      </Group>
      {own.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('prices.empty')}
        </Text>
      ) : (
        <Table ws={ws} items={own} currency={data.currency} />
      )}
      <Modal
        opened={adding}
        onClose={() => add(false)}
        title={t('prices.addTitle', { account: account.name })}
        size="lg"
      >
        {adding ? <Form ws={ws} account={account} found={data} close={() => add(false)} /> : null}
      </Modal>
    </section>
  )
}

function useApplies(): (p: Pick<Price, 'purpose' | 'category' | 'prefix'>) => string {
  const { t } = useTranslation()
  return ({ purpose, category, prefix }) =>
    [
      prefix && t('prices.prefixIs', { prefix }),
      category && t(`prices.category_${category}`),
      purpose && t(`prices.purpose_${purpose}`),
    ]
      .filter(Boolean)
      .join(' · ') || t('prices.everything')
}

function Table({ ws, items, currency }: { ws: string; items: Price[]; currency: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const applies = useApplies()
  const [dropping, drop] = useState<Price | null>(null)
  const remove = useAct('dropPrice', { done: t('prices.removed') })
  const name = (p: Price) => `${applies(p)} ${p.currency} ${p.price}`
  return (
    <div className="table-scroll">
      <table className="table">
        <thead>
          <tr>
            <th>{t('prices.applies')}</th>
            <th className="end">{t('prices.price')}</th>
            <th>{t('prices.from')}</th>
            <th aria-label={t('prices.remove')} />
          </tr>
        </thead>
        <tbody>
          {items.map(p => (
            <tr key={p.id}>
              <td>
                <Group gap={6}>
                  {applies(p)}
                  <Badge tone={p.state === 'now' ? 'good' : 'skip'}>{t(`prices.state_${p.state}`)}</Badge>
                </Group>
              </td>
              <td className="end num">
                {p.currency} {p.price}
                {p.currency === currency ? null : (
                  <Text size="xs" c="dimmed">
                    {p.cost === null ? t('prices.noRateYet') : `≈ ${say.cost(p.cost, currency)}`}
                  </Text>
                )}
              </td>
              <td>{p.from}</td>
              <td className="end">
                <Guarded
                  scope="channels:write"
                  size="compact-xs"
                  variant="subtle"
                  color="gray"
                  aria-label={t('prices.removePrice', { price: name(p) })}
                  onClick={() => drop(p)}
                >
                  {t('prices.remove')}
                </Guarded>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Confirm
        opened={dropping !== null}
        title={t('prices.removeTitle')}
        text={t('prices.removeText', { price: dropping ? name(dropping) : '' })}
        action={t('prices.remove')}
        danger
        close={() => drop(null)}
        run={() => dropping && remove.mutate({ ws, price: dropping.id })}
      />
    </div>
  )
}

function Form({
  ws,
  account,
  found,
  close,
}: {
  ws: string
  account: Account
  found: Found
  close: () => void
}) {
  const { t } = useTranslation()
  const now = useNow()
  const { workspace } = useWorkspace()
  const today = wallDate(now, workspace?.timezone ?? 'Asia/Taipei')
  const [held, put] = useState<In<'addPrice'>>({
    account: account.id,
    purpose: null,
    category: null,
    prefix: '',
    price: '',
    currency: found.currency,
    from: today,
  })
  const add = useAct('addPrice', { done: t('prices.saved'), after: close })
  const currencies = [...new Set([found.currency, ...CURRENCIES, ...found.rates.map(r => r.currency)])]
  const foreign = held.currency !== found.currency
  const told = found.rates.some(r => r.currency === held.currency && r.from <= held.from)
  const lacks = foreign && !told ? t('prices.noRate', { currency: held.currency }) : null
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('prices.text')}
      </Text>
      <form
        onSubmit={event => {
          event.preventDefault()
          if (lacks === null) add.mutate({ ws, body: held })
        }}
      >
        <Stack gap="sm">
          <Group grow align="flex-end">
            <NativeSelect
              label={t('prices.purpose')}
              data={(['any', 'marketing', 'transactional'] as const).map(value => ({
                value,
                label: t(`prices.purpose_${value}`),
              }))}
              value={held.purpose ?? 'any'}
              onChange={e => {
                const { value } = e.currentTarget
                put({ ...held, purpose: value === 'any' ? null : (value as 'marketing') })
              }}
            />
            {account.channel === 'whatsapp' ? (
              <NativeSelect
                label={t('prices.category')}
                data={(['any', ...PRICE_CATEGORIES] as const).map(value => ({
                  value,
                  label: t(`prices.category_${value}`),
                }))}
                value={held.category ?? 'any'}
                onChange={e => {
                  const { value } = e.currentTarget
                  put({ ...held, category: value === 'any' ? null : (value as 'utility') })
                }}
              />
            ) : null}
          </Group>
          {BY_NUMBER.includes(account.channel) ? (
            <TextInput
              label={t('prices.prefix')}
              inputMode="numeric"
              pattern="\d{0,15}"
              placeholder="886"
              value={held.prefix}
              onChange={e => put({ ...held, prefix: e.currentTarget.value })}
            />
          ) : null}
          <Group grow align="flex-end">
            <TextInput
              label={t('prices.amount')}
              required
              withAsterisk={false}
              inputMode="decimal"
              pattern="\d{1,7}(\.\d{1,6})?"
              placeholder="0.7"
              value={held.price}
              onChange={e => put({ ...held, price: e.currentTarget.value })}
            />
            <NativeSelect
              label={t('prices.currency')}
              data={currencies}
              value={held.currency}
              onChange={e => put({ ...held, currency: e.currentTarget.value })}
            />
            <TextInput
              type="date"
              label={t('prices.from')}
              required
              withAsterisk={false}
              value={held.from}
              onChange={e => put({ ...held, from: e.currentTarget.value })}
            />
          </Group>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('common.cancel')}
            </Button>
            <Guarded scope="channels:write" type="submit" loading={add.isPending} reason={lacks}>
              {t('prices.add')}
            </Guarded>
          </Group>
        </Stack>
      </form>
      {foreign ? (
        <Rates key={held.currency} ws={ws} found={found} currency={held.currency} from={held.from} />
      ) : null}
    </Stack>
  )
}

function Rates({
  ws,
  found,
  currency,
  from: first,
}: {
  ws: string
  found: Found
  currency: string
  from: string
}) {
  const { t } = useTranslation()
  const [rate, setRate] = useState('')
  const [from, setFrom] = useState(first)
  const add = useAct('addCurrencyRate', { done: t('prices.rateSaved'), after: () => setRate('') })
  const own = found.rates.filter(r => r.currency === currency)
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        add.mutate({ ws, body: { currency, rate, from } })
      }}
    >
      <Stack gap="xs">
        <Text component="h3" size="sm" fw={600}>
          {t('prices.rates')}
        </Text>
        <Text size="sm" c="dimmed">
          {t('prices.rateText', { currency: found.currency })}
        </Text>
        {own.length === 0 ? (
          <Text size="sm" role="status">
            {t('prices.noRate', { currency })}
          </Text>
        ) : (
          <ul className="plain">
            {own.map(r => (
              <li key={r.from}>{t('prices.rateIs', { ...r, own: found.currency })}</li>
            ))}
          </ul>
        )}
        <Group align="flex-end">
          <TextInput
            label={t('prices.rate', { currency, own: found.currency })}
            required
            withAsterisk={false}
            inputMode="decimal"
            pattern="\d{1,9}(\.\d{1,8})?"
            value={rate}
            onChange={e => setRate(e.currentTarget.value)}
          />
          <TextInput
            type="date"
            label={t('prices.rateFrom')}
            required
            withAsterisk={false}
            value={from}
            onChange={e => setFrom(e.currentTarget.value)}
          />
          <Guarded scope="channels:write" type="submit" variant="default" loading={add.isPending}>
            {t('prices.addRate')}
          </Guarded>
        </Group>
      </Stack>
    </form>
  )
}
