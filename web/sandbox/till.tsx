// The till: scan a member and a coupon, sell, redeem, take back. It uses the public API as a store's own system does.
import { ActionIcon, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconCashRegister, IconMinus, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Badge, Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay, useWorkspace } from '../use.ts'

type Till = Out<'sandboxTill'>
type Coupon = { code: string; name: string; kind: string; value: number }
type Sold = { order: string; store: string; memberNo: string; total: number; back: boolean }

/** A gift takes nothing off. */
const takenOff = ({ kind, value }: Coupon, subtotal: number): number =>
  kind === 'percent' ? Math.round((subtotal * value) / 100) : kind === 'amount' ? value : 0

const newOrder = () => `T-${crypto.randomUUID().replaceAll('-', '').slice(0, 10).toUpperCase()}`

export function TillPane({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const query = useApi('sandboxTill', { ws })
  const shoppers = useApi('sandboxShop', { ws })
  return (
    <section className="card" aria-label={t('till.title')}>
      <Group className="card-head" gap={8}>
        <IconCashRegister size={16} aria-hidden />
        <Text fw={650} component="h2" size="sm">
          {t('till.title')}
        </Text>
      </Group>
      <div className="card-body">
        <Show query={query}>
          {till => (
            <Register
              ws={ws}
              till={till}
              members={(shoppers.data?.shoppers ?? []).map(s => ({ value: s.memberNo, name: s.name }))}
            />
          )}
        </Show>
      </div>
    </section>
  )
}

function Register({
  ws,
  till,
  members,
}: {
  ws: string
  till: Till
  members: { value: string; name: string }[]
}) {
  const { t } = useTranslation()
  const say = useSay()
  const currency = useWorkspace().workspace?.currency ?? 'TWD'
  const language = say.locale === 'en' ? 'en' : 'zh'
  const [store, setStore] = useState(till.stores[0]?.code ?? '')
  const [staff, setStaff] = useState<string | null>(null)
  const [memberNo, setMemberNo] = useState('')
  const [code, setCode] = useState('')
  const [order, setOrder] = useState(newOrder)
  const [coupon, setCoupon] = useState<Coupon | null>(null)
  const [cart, setCart] = useState<Record<string, number>>({})
  const [sold, setSold] = useState<Sold[]>([])
  const redeem = useAct('redeemCoupon')
  const sale = useAct('sandboxSell', { done: t('till.sold') })
  const back = useAct('sandboxRefund', { done: t('till.refunded') })
  const lines = Object.entries(cart).map(([sku, quantity]) => ({ sku, quantity }))
  const subtotal = lines.reduce(
    (sum, l) => sum + l.quantity * (till.products.find(p => p.sku === l.sku)?.price ?? 0),
    0,
  )
  // of what stands there now: goods may still be added after the coupon was scanned
  const discount = coupon === null ? 0 : Math.min(subtotal, takenOff(coupon, subtotal))
  const put = (sku: string, by: number) => {
    const quantity = Math.min(99, (cart[sku] ?? 0) + by)
    const { [sku]: _, ...rest } = cart
    setCart(quantity > 0 ? { ...rest, [sku]: quantity } : rest)
  }
  const use = () =>
    redeem.mutate(
      { ws, body: { code: code.trim(), ref: order, place: 'store' } },
      {
        onSuccess: used => {
          const { kind, value, name } = used.coupon ?? { kind: '', value: 0, name: used.code }
          setCoupon({ code: used.code, name, kind, value })
          setCode('')
        },
      },
    )
  const pay = () =>
    sale.mutate(
      {
        ws,
        body: {
          order,
          store,
          staff: staff ?? undefined,
          memberNo: memberNo.trim() || undefined,
          lines,
          coupon: coupon?.code,
          discount,
        },
      },
      {
        onSuccess: ({ total }) => {
          setSold([{ order, store, memberNo: memberNo.trim(), total, back: false }, ...sold].slice(0, 10))
          setCart({})
          setCoupon(null)
          setOrder(newOrder())
        },
      },
    )
  return (
    <Stack gap="sm">
      <Group gap={8} align="flex-end">
        <Select
          size="xs"
          label={t('till.store')}
          allowDeselect={false}
          data={till.stores.map(s => ({
            value: s.code,
            label: s.name === s.code ? s.code : `${s.name} · ${s.code}`,
          }))}
          value={store}
          onChange={value => value && setStore(value)}
        />
        {till.staff.length > 0 ? (
          <Select
            size="xs"
            clearable
            label={t('till.staff')}
            data={till.staff
              .filter(s => s.store === null || s.store === store)
              .map(s => ({ value: s.code, label: s.name }))}
            value={staff}
            onChange={setStaff}
          />
        ) : null}
        <TextInput
          size="xs"
          label={t('till.member')}
          placeholder={members[0]?.value}
          list="till-members"
          value={memberNo}
          onChange={e => setMemberNo(e.currentTarget.value)}
        />
        <datalist id="till-members">
          {members.map(m => (
            <option key={m.value} value={m.value}>
              {m.name}
            </option>
          ))}
        </datalist>
      </Group>
      <ul className="plain till-goods">
        {till.products.map(p => (
          <li key={p.sku}>
            <span>{p.name[language]}</span>
            <span className="num">{say.money(p.price, currency)}</span>
            <Group gap={4} wrap="nowrap">
              <ActionIcon
                size="sm"
                variant="default"
                disabled={!cart[p.sku]}
                aria-label={t('till.less', { name: p.name[language] })}
                onClick={() => put(p.sku, -1)}
              >
                <IconMinus size={12} />
              </ActionIcon>
              <output className="till-count">{cart[p.sku] ?? 0}</output>
              <ActionIcon
                size="sm"
                variant="default"
                aria-label={t('till.more', { name: p.name[language] })}
                onClick={() => put(p.sku, 1)}
              >
                <IconPlus size={12} />
              </ActionIcon>
            </Group>
          </li>
        ))}
      </ul>
      <form
        onSubmit={event => {
          event.preventDefault()
          if (code.trim() !== '') use()
        }}
      >
        <Group gap={8} align="flex-end">
          <TextInput
            size="xs"
            label={t('till.coupon')}
            value={code}
            disabled={coupon !== null}
            onChange={e => setCode(e.currentTarget.value)}
          />
          <Guarded
            scope="customers:write"
            size="xs"
            variant="default"
            type="submit"
            loading={redeem.isPending}
            disabled={code.trim() === '' || coupon !== null || subtotal === 0}
          >
            {t('till.redeem')}
          </Guarded>
          {coupon ? (
            <Badge tone="good">
              {coupon.name} −{say.money(discount, currency)}
            </Badge>
          ) : null}
        </Group>
      </form>
      <Group justify="space-between">
        <Text fw={650} aria-live="polite">
          {t('till.total', { total: say.money(subtotal - discount, currency) })}
        </Text>
        <Guarded
          scope="sandbox:use"
          size="sm"
          loading={sale.isPending}
          disabled={lines.length === 0}
          onClick={pay}
        >
          {t('till.pay')}
        </Guarded>
      </Group>
      {sold.length > 0 ? (
        <ul className="plain" aria-label={t('till.receipts')}>
          {sold.map(s => (
            <li key={s.order}>
              <Group justify="space-between" wrap="nowrap">
                <span>
                  <span className="mono">{s.order}</span> · {s.memberNo || t('till.nobody')} ·{' '}
                  {say.money(s.total, currency)}
                </span>
                {s.back ? (
                  <Badge tone="skip">{t('till.back')}</Badge>
                ) : (
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={`${t('till.refund')} ${s.order}`}
                    loading={back.isPending}
                    onClick={() =>
                      back.mutate(
                        { ws, body: { order: s.order, store: s.store, memberNo: s.memberNo || undefined } },
                        {
                          onSuccess: () =>
                            setSold(sold.map(x => (x.order === s.order ? { ...x, back: true } : x))),
                        },
                      )
                    }
                  >
                    {t('till.refund')}
                  </Button>
                )}
              </Group>
            </li>
          ))}
        </ul>
      ) : null}
    </Stack>
  )
}
