// Stores: list, and a drawer with address, opening hours and the store's QR code.
import { Button, Group, NumberInput, Select, Switch, Text, TextInput } from '@mantine/core'
import { IconBuildingStore } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DAYS, type Day, type Hours, readDay } from '../../src/catalogue/model.ts'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi, usePages } from '../api/queries.ts'
import { AsOpened } from '../parts/newer.tsx'
import { Badge } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { ShelfActions } from './actions.tsx'
import { CodeField, EditDrawer, NameField, orNull } from './drawer.tsx'
import { OpenRow, ShelfList, useShelfSearch } from './list.tsx'
import { StoreQr } from './qr.tsx'

const route = getRouteApi('/w/$ws/catalogue')
type Store = Out<'store'>

export function Stores({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const { q, archived, region, edit } = route.useSearch()
  const set = useShelfSearch()
  const list = usePages('stores', { ws, query: { q, region, archived: flagOf(archived), limit: 50 } })
  return (
    <>
      <ShelfList
        query={list}
        total={list.first?.total}
        q={q}
        archived={archived === 'true'}
        filtered={Boolean(q || archived || region)}
        set={set}
        hint={t('catalogue.searchStores')}
        filters={
          <Select
            size="xs"
            w={160}
            clearable
            aria-label={t('catalogue.region')}
            placeholder={t('catalogue.allRegions')}
            data={list.first?.regions ?? []}
            value={region ?? null}
            onChange={value => set({ region: value ?? undefined })}
          />
        }
        actions={<ShelfActions ws={ws} label={t('catalogue.newStore')} add={() => set({ edit: 'new' })} />}
        empty={{
          icon: <IconBuildingStore />,
          title: t('catalogue.noStores'),
          text: t('catalogue.noStoresText'),
        }}
        head={
          <>
            <th>{t('catalogue.code')}</th>
            <th>{t('catalogue.name')}</th>
            <th>{t('catalogue.region')}</th>
            <th>{t('catalogue.address')}</th>
            <th>{t('catalogue.phone')}</th>
            <th>{t('common.status')}</th>
          </>
        }
        row={s => (
          <tr key={s.id}>
            <td className="mono nowrap">{s.code}</td>
            <td>
              <OpenRow name={s.name} open={() => set({ edit: s.id })} />
              {s.nameEn ? (
                <Text size="xs" c="dimmed">
                  {s.nameEn}
                </Text>
              ) : null}
            </td>
            <td className="nowrap">{s.region ?? '—'}</td>
            <td>{s.address ?? '—'}</td>
            <td className="nowrap">{s.phone ?? '—'}</td>
            <td>
              <Badge tone={s.active ? 'good' : 'skip'}>
                {t(s.active ? 'catalogue.active' : 'catalogue.closed')}
              </Badge>
            </td>
          </tr>
        )}
      />
      {edit ? <StoreDrawer ws={ws} id={edit} close={() => set({ edit: undefined })} /> : null}
    </>
  )
}

export const flagOf = (text: string | undefined) => (text === 'true' ? ('true' as const) : undefined)

function StoreDrawer({ ws, id, close }: { ws: string; id: string; close: () => void }) {
  const query = useApi('store', { ws, store: id }, { enabled: id !== 'new' })
  if (id === 'new') return <Form ws={ws} store={null} close={close} />
  return (
    <Show query={query}>
      {latest => <AsOpened latest={latest}>{s => <Form ws={ws} store={s} close={close} />}</AsOpened>}
    </Show>
  )
}

const hoursText = (hours: Hours): Record<Day, string> =>
  Object.fromEntries(DAYS.map(d => [d, hours[d]?.join(', ') ?? ''])) as Record<Day, string>

function readHours(texts: Record<Day, string>): { hours: Hours; wrong: Day[] } {
  const hours: Hours = {}
  const wrong: Day[] = []
  for (const day of DAYS) {
    const ranges = readDay(texts[day])
    if (ranges === null) wrong.push(day)
    else if (ranges.length > 0) hours[day] = ranges
  }
  return { hours, wrong }
}

function Form({ ws, store, close }: { ws: string; store: Store | null; close: () => void }) {
  const { t } = useTranslation()
  const [code, setCode] = useState(store?.code ?? '')
  const [name, setName] = useState(store?.name ?? '')
  const [nameEn, setNameEn] = useState(store?.nameEn ?? '')
  const [region, setRegion] = useState(store?.region ?? '')
  const [address, setAddress] = useState(store?.address ?? '')
  const [phone, setPhone] = useState(store?.phone ?? '')
  const [latitude, setLatitude] = useState<number | string>(store?.latitude ?? '')
  const [longitude, setLongitude] = useState<number | string>(store?.longitude ?? '')
  const [active, setActive] = useState(store?.active ?? true)
  const [texts, setTexts] = useState(hoursText(store?.hours ?? {}))
  const create = useAct('createStore', { done: t('common.saved'), after: close })
  const save = useAct('saveStore', { done: t('common.saved'), after: close })
  const { hours, wrong } = readHours(texts)
  const body = {
    name: name.trim(),
    nameEn: orNull(nameEn),
    region: orNull(region),
    address: orNull(address),
    phone: orNull(phone),
    latitude: typeof latitude === 'number' ? latitude : null,
    longitude: typeof longitude === 'number' ? longitude : null,
    hours,
    active,
  }
  const put = (archived: boolean) =>
    store && save.mutate({ ws, store: store.id, body: { ...body, archived, version: store.version } })
  return (
    <EditDrawer
      title={t(store ? 'catalogue.editStore' : 'catalogue.newStore')}
      name={name}
      archived={store?.archived ?? false}
      saving={create.isPending || save.isPending}
      close={close}
      save={() => {
        if (wrong.length > 0) return
        if (store) put(store.archived)
        else create.mutate({ ws, body: { ...body, code: code.trim() } })
      }}
      archive={store ? put : undefined}
    >
      <CodeField isNew={store === null} value={code} set={setCode} />
      <Group grow>
        <NameField isNew={store === null} most={200} value={name} set={setName} />
        <TextInput
          label={t('catalogue.nameEn')}
          maxLength={200}
          value={nameEn}
          onChange={e => setNameEn(e.currentTarget.value)}
        />
      </Group>
      <Group grow>
        <TextInput
          label={t('catalogue.region')}
          maxLength={100}
          value={region}
          onChange={e => setRegion(e.currentTarget.value)}
        />
        <TextInput
          label={t('catalogue.phone')}
          maxLength={50}
          value={phone}
          onChange={e => setPhone(e.currentTarget.value)}
        />
      </Group>
      <TextInput
        label={t('catalogue.address')}
        maxLength={500}
        value={address}
        onChange={e => setAddress(e.currentTarget.value)}
      />
      <Group grow>
        <NumberInput
          label={t('catalogue.latitude')}
          min={-90}
          max={90}
          decimalScale={6}
          hideControls
          value={latitude}
          onChange={setLatitude}
        />
        <NumberInput
          label={t('catalogue.longitude')}
          min={-180}
          max={180}
          decimalScale={6}
          hideControls
          value={longitude}
          onChange={setLongitude}
        />
      </Group>
      <fieldset style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
        <Text component="legend" size="sm" fw={500}>
          {t('catalogue.hours')}
        </Text>
        <Text size="xs" c="dimmed" mb={6}>
          {t('catalogue.hoursText')}
        </Text>
        <div className="hours">
          {DAYS.map(day => (
            <TextInput
              key={day}
              size="xs"
              label={t(`catalogue.${day}`)}
              value={texts[day]}
              error={wrong.includes(day) ? t('catalogue.badHours') : undefined}
              onChange={e => setTexts({ ...texts, [day]: e.currentTarget.value })}
            />
          ))}
        </div>
        <Button
          mt={6}
          size="compact-xs"
          variant="default"
          onClick={() => setTexts(Object.fromEntries(DAYS.map(d => [d, texts.mon])) as Record<Day, string>)}
        >
          {t('catalogue.copyHours')}
        </Button>
      </fieldset>
      <Switch
        label={t('catalogue.active')}
        checked={active}
        onChange={e => setActive(e.currentTarget.checked)}
      />
      {store ? <StoreQr code={store.code} name={store.name} /> : null}
    </EditDrawer>
  )
}
