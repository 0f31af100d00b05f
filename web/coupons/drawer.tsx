// The form of a coupon, at the right of its list.
import { Drawer, Group, NativeSelect, NumberInput, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { In, Out } from '../../src/contract.ts'
import { COUPON_KINDS, PLACES } from '../../src/membership/model.ts'
import { useAct } from '../api/queries.ts'
import { ArchiveBar } from '../parts/archive-bar.tsx'

type Coupon = Out<'coupons'>['items'][number]
type Body = In<'saveCoupon'>
type Blank = number | string
const NOTHING = { amount: 100, percent: 10, gift: 0, shipping: 0 }
const orNull = (value: Blank): number | null => (typeof value === 'number' ? value : null)

export function CouponDrawer({
  ws,
  coupon,
  close,
}: {
  ws: string
  coupon: Coupon | null
  close: () => void
}) {
  const { t } = useTranslation()
  const valid = coupon === null ? { days: 30 } : coupon.valid
  const [key, setKey] = useState(coupon?.key ?? '')
  const [name, setName] = useState(coupon?.name ?? '')
  const [kind, setKind] = useState<Body['kind']>(coupon?.kind ?? 'amount')
  const [value, setValue] = useState<Blank>(coupon?.value ?? NOTHING.amount)
  const [span, setSpan] = useState<'days' | 'until' | 'ever'>(
    valid === null ? 'ever' : 'days' in valid ? 'days' : 'until',
  )
  const [days, setDays] = useState<Blank>(valid !== null && 'days' in valid ? valid.days : 30)
  const [until, setUntil] = useState(valid !== null && 'until' in valid ? valid.until : '')
  const [limit, setLimit] = useState<Blank>(coupon?.limit ?? '')
  const [perPerson, setPerPerson] = useState<Blank>(coupon === null ? 1 : (coupon.perPerson ?? ''))
  const [place, setPlace] = useState<string>(coupon?.place ?? 'any')
  const [remind, setRemind] = useState<Blank>(coupon === null ? 3 : (coupon.remindDays[0] ?? ''))
  const create = useAct('createCoupon', { done: t('common.saved'), after: close })
  const save = useAct('saveCoupon', { done: t('common.saved'), after: close })
  const lead = orNull(remind)
  const terms = {
    name: name.trim(),
    kind,
    value: orNull(value) ?? 0,
    valid: span === 'ever' ? null : span === 'days' ? { days: orNull(days) ?? 1 } : { until },
    limit: orNull(limit),
    perPerson: orNull(perPerson),
    place: PLACES.find(p => p === place) ?? null,
    // the form edits the first; further ones that the API set stay
    remindDays: [...(lead === null ? [] : [lead]), ...(coupon?.remindDays.slice(1) ?? [])],
  }
  const put = (archived: boolean) =>
    coupon && save.mutate({ ws, coupon: coupon.id, body: { ...terms, archived, version: coupon.version } })
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="lg"
      title={t(coupon ? 'coupons.edit' : 'coupons.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          if (coupon) put(coupon.archived)
          else create.mutate({ ws, body: { key: key.trim(), ...terms } })
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('coupons.name')}
            required
            withAsterisk={false}
            maxLength={100}
            value={name}
            onChange={e => setName(e.currentTarget.value)}
            data-autofocus
          />
          <TextInput
            label={t('coupons.key')}
            description={coupon ? undefined : t('coupons.keyText')}
            required
            withAsterisk={false}
            disabled={coupon !== null}
            pattern="[A-Za-z0-9_\-]{1,40}"
            maxLength={40}
            value={key}
            onChange={e => setKey(e.currentTarget.value)}
          />
          <Group grow align="flex-end">
            <NativeSelect
              label={t('coupons.kind')}
              data={COUPON_KINDS.map(k => ({ value: k, label: t(`coupons.kind_${k}`) }))}
              value={kind}
              onChange={e => {
                const next = COUPON_KINDS.find(k => k === e.currentTarget.value) ?? 'amount'
                setKind(next)
                setValue(NOTHING[next])
              }}
            />
            {kind === 'amount' || kind === 'percent' ? (
              <NumberInput
                label={t('coupons.value')}
                required
                withAsterisk={false}
                min={1}
                max={kind === 'percent' ? 100 : 1e9}
                allowDecimal={false}
                value={value}
                onChange={setValue}
              />
            ) : null}
          </Group>
          <Group grow align="flex-end">
            <NativeSelect
              label={t('coupons.valid')}
              data={(['days', 'until', 'ever'] as const).map(v => ({
                value: v,
                label: t(`coupons.valid_${v}`),
              }))}
              value={span}
              onChange={e => setSpan(e.currentTarget.value as typeof span)}
            />
            {span === 'days' ? (
              <NumberInput
                label={t('coupons.days')}
                required
                withAsterisk={false}
                min={1}
                max={3660}
                allowDecimal={false}
                value={days}
                onChange={setDays}
              />
            ) : span === 'until' ? (
              <TextInput
                type="date"
                label={t('coupons.until')}
                required
                withAsterisk={false}
                value={until}
                onChange={e => setUntil(e.currentTarget.value)}
              />
            ) : null}
          </Group>
          <NumberInput
            label={t('coupons.perPerson')}
            min={1}
            max={1000}
            allowDecimal={false}
            value={perPerson}
            onChange={setPerPerson}
          />
          <NumberInput
            label={t('coupons.limit')}
            min={1}
            max={1e9}
            allowDecimal={false}
            value={limit}
            onChange={setLimit}
          />
          <NativeSelect
            label={t('coupons.place')}
            data={(['any', ...PLACES] as const).map(p => ({ value: p, label: t(`coupons.place_${p}`) }))}
            value={place}
            onChange={e => setPlace(e.currentTarget.value)}
          />
          <NumberInput
            label={t('coupons.remind')}
            description={t('coupons.remindText')}
            min={1}
            max={365}
            allowDecimal={false}
            value={remind}
            onChange={setRemind}
          />
          <ArchiveBar
            scope="membership:write"
            archived={coupon?.archived ?? false}
            saving={create.isPending || save.isPending}
            words={{
              archive: t('coupons.archive'),
              restore: t('coupons.restore'),
              sure: t('coupons.archiveSure', { name }),
            }}
            archive={coupon ? put : undefined}
          />
        </Stack>
      </form>
    </Drawer>
  )
}
