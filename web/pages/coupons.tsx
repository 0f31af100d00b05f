// Coupons that the workspace defines, with what became of them, and how long points are valid.
import { Button, Group, NumberInput, Stack, Switch, Text } from '@mantine/core'
import { IconPlus, IconTicket } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { CouponDrawer } from '../coupons/drawer.tsx'
import { AsOpened } from '../parts/newer.tsx'
import { Card, Page, Scroll } from '../parts/page.tsx'
import { Badge, Guarded } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { useSay, useWorkspace } from '../use.ts'

const route = getRouteApi('/w/$ws/coupons')
type Coupon = Out<'coupons'>['items'][number]

export function Coupons() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const { edit } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useApi('coupons', { ws })
  const open = (id: string | undefined) => void navigate({ search: { edit: id } })
  const add = (
    <Guarded scope="membership:write" leftSection={<IconPlus size={16} />} onClick={() => open('new')}>
      {t('coupons.add')}
    </Guarded>
  )
  const edited = query.data?.items.find(c => c.id === edit)
  return (
    <Page wide title={t('coupons.title')} lead={t('coupons.lead')} action={add}>
      <Stack>
        <Card flush>
          <Show query={query}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty
                  icon={<IconTicket />}
                  title={t('coupons.empty')}
                  text={t('coupons.emptyText')}
                  action={add}
                />
              ) : (
                <Table items={items} open={open} />
              )
            }
          </Show>
        </Card>
        <Points ws={ws} />
      </Stack>
      {edit === 'new' || edited ? (
        <AsOpened key={edit} latest={edited ?? null}>
          {coupon => <CouponDrawer ws={ws} coupon={coupon} close={() => open(undefined)} />}
        </AsOpened>
      ) : null}
    </Page>
  )
}

function Table({ items, open }: { items: Coupon[]; open: (id: string) => void }) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <Scroll label={t('coupons.title')}>
      <table className="table hover">
        <thead>
          <tr>
            <th>{t('coupons.name')}</th>
            <th>{t('coupons.key')}</th>
            <th>{t('coupons.value')}</th>
            <th>{t('coupons.valid')}</th>
            <th>{t('coupons.place')}</th>
            <th className="num">{t('coupons.issued')}</th>
            <th className="num">{t('coupons.claimed')}</th>
            <th className="num">{t('coupons.redeemed')}</th>
            <th className="num">{t('coupons.expired')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(c => (
            <tr key={c.id}>
              <td>
                <Button variant="subtle" size="compact-sm" onClick={() => open(c.id)}>
                  {c.name}
                </Button>{' '}
                {c.archived ? <Badge tone="skip">{t('coupons.archived')}</Badge> : null}
              </td>
              <td className="mono nowrap">{c.key}</td>
              <td className="nowrap">
                <Value coupon={c} />
              </td>
              <td className="nowrap">
                <Valid valid={c.valid} />
              </td>
              <td className="nowrap">{t(`coupons.place_${c.place ?? 'any'}`)}</td>
              <td className="num">
                {say.count(c.counts.issued)}
                {c.limit === null ? '' : ` / ${say.count(c.limit)}`}
              </td>
              <td className="num">{say.count(c.counts.claimed)}</td>
              <td className="num">{say.count(c.counts.redeemed)}</td>
              <td className="num">{say.count(c.counts.expired)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Value({ coupon: { kind, value } }: { coupon: Coupon }) {
  const { t } = useTranslation()
  const say = useSay()
  const { workspace } = useWorkspace()
  if (kind === 'amount') return <>{say.money(value, workspace?.currency ?? 'TWD')}</>
  return <>{kind === 'percent' ? t('coupons.off', { n: value }) : t(`coupons.kind_${kind}`)}</>
}

function Valid({ valid }: { valid: Coupon['valid'] }) {
  const { t } = useTranslation()
  if (valid === null) return <>{t('coupons.valid_ever')}</>
  return (
    <>
      {'days' in valid ? t('coupons.forDays', { n: valid.days }) : t('coupons.through', { day: valid.until })}
    </>
  )
}

function Points({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const query = useApi('pointsSettings', { ws })
  return (
    <Card title={t('coupons.pointsTitle')}>
      <Show query={query} rows={2}>
        {data => <PointsForm key={data.version} ws={ws} data={data} />}
      </Show>
    </Card>
  )
}

function PointsForm({ ws, data }: { ws: string; data: Out<'pointsSettings'> }) {
  const { t } = useTranslation()
  const [validDays, setValid] = useState<number | string>(data.settings.validDays ?? '')
  const [remindDays, setRemind] = useState<number | string>(data.settings.remindDays ?? '')
  const [takeBack, setTakeBack] = useState(data.settings.takeBack)
  const save = useAct('savePointsSettings', { done: t('common.saved') })
  const orNull = (value: number | string): number | null => (typeof value === 'number' ? value : null)
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        const settings = { validDays: orNull(validDays), remindDays: orNull(remindDays), takeBack }
        save.mutate({ ws, body: { settings, version: data.version } })
      }}
    >
      <Group align="flex-end">
        <NumberInput
          label={t('coupons.validDays')}
          min={1}
          max={3660}
          allowDecimal={false}
          value={validDays}
          onChange={setValid}
        />
        <NumberInput
          label={t('coupons.remindDays')}
          min={1}
          max={365}
          allowDecimal={false}
          value={remindDays}
          onChange={setRemind}
        />
        <Switch
          label={t('coupons.takeBack')}
          mb={8}
          checked={takeBack}
          onChange={event => setTakeBack(event.currentTarget.checked)}
        />
        <Guarded scope="membership:write" type="submit" variant="default" loading={save.isPending}>
          <Text span>{t('common.save')}</Text>
        </Guarded>
      </Group>
    </form>
  )
}
