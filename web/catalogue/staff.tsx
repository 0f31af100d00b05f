// Store staff: list, and a drawer with store, role and PIN.
import { Checkbox, Group, PasswordInput, Select, Switch } from '@mantine/core'
import { IconUserStar } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi, usePages } from '../api/queries.ts'
import { AsOpened } from '../parts/newer.tsx'
import { Badge } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { ShelfActions } from './actions.tsx'
import { CodeField, EditDrawer, NameField } from './drawer.tsx'
import { OpenRow, ShelfList, useShelfSearch } from './list.tsx'
import { flagOf } from './stores.tsx'

const route = getRouteApi('/w/$ws/catalogue')
type Member = Out<'staffMember'>

/** Stores by code, for pickers: the first 200. */
function useStores(ws: string) {
  const stores = useApi('stores', { ws, query: { limit: 200 } })
  return (stores.data?.items ?? []).map(s => ({ value: s.code, label: `${s.name} (${s.code})` }))
}

export function Staff({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const { q, archived, store, edit } = route.useSearch()
  const set = useShelfSearch()
  const list = usePages('staff', { ws, query: { q, store, archived: flagOf(archived), limit: 50 } })
  const stores = useStores(ws)
  const nameOf = (code: string | null) => stores.find(s => s.value === code)?.label ?? code ?? '—'
  return (
    <>
      <ShelfList
        query={list}
        total={list.first?.total}
        q={q}
        archived={archived === 'true'}
        filtered={Boolean(q || archived || store)}
        set={set}
        hint={t('catalogue.searchStaff')}
        filters={
          <Select
            size="xs"
            w={200}
            clearable
            searchable
            aria-label={t('catalogue.store')}
            placeholder={t('catalogue.allStores')}
            data={stores}
            value={store ?? null}
            onChange={value => set({ store: value ?? undefined })}
          />
        }
        actions={<ShelfActions ws={ws} label={t('catalogue.newStaff')} add={() => set({ edit: 'new' })} />}
        empty={{ icon: <IconUserStar />, title: t('catalogue.noStaff'), text: t('catalogue.noStaffText') }}
        head={
          <>
            <th>{t('catalogue.code')}</th>
            <th>{t('catalogue.name')}</th>
            <th>{t('catalogue.store')}</th>
            <th>{t('catalogue.role')}</th>
            <th>{t('catalogue.pin')}</th>
            <th>{t('common.status')}</th>
          </>
        }
        row={s => (
          <tr key={s.id}>
            <td className="mono nowrap">{s.code}</td>
            <td>
              <OpenRow name={s.name} open={() => set({ edit: s.id })} />
            </td>
            <td>{nameOf(s.store)}</td>
            <td className="nowrap">{t(s.role === 'manager' ? 'catalogue.manager' : 'catalogue.clerk')}</td>
            <td className="nowrap">{t(s.hasPin ? 'catalogue.hasPin' : 'catalogue.noPin')}</td>
            <td>
              <Badge tone={s.active ? 'good' : 'skip'}>
                {t(s.active ? 'catalogue.employed' : 'catalogue.left')}
              </Badge>
            </td>
          </tr>
        )}
      />
      {edit ? <StaffDrawer ws={ws} id={edit} close={() => set({ edit: undefined })} /> : null}
    </>
  )
}

function StaffDrawer({ ws, id, close }: { ws: string; id: string; close: () => void }) {
  const query = useApi('staffMember', { ws, staff: id }, { enabled: id !== 'new' })
  if (id === 'new') return <Form ws={ws} member={null} close={close} />
  return (
    <Show query={query}>
      {latest => <AsOpened latest={latest}>{m => <Form ws={ws} member={m} close={close} />}</AsOpened>}
    </Show>
  )
}

function Form({ ws, member, close }: { ws: string; member: Member | null; close: () => void }) {
  const { t } = useTranslation()
  const stores = useStores(ws)
  const [code, setCode] = useState(member?.code ?? '')
  const [name, setName] = useState(member?.name ?? '')
  const [store, setStore] = useState<string | null>(member?.store ?? null)
  const [role, setRole] = useState(member?.role ?? 'staff')
  const [pin, setPin] = useState('')
  const [noPin, setNoPin] = useState(false)
  const [active, setActive] = useState(member?.active ?? true)
  const create = useAct('createStaff', { done: t('common.saved'), after: close })
  const save = useAct('saveStaff', { done: t('common.saved'), after: close })
  const body = { name: name.trim(), store, role, active }
  const put = (archived: boolean) =>
    member &&
    save.mutate({
      ws,
      staff: member.id,
      body: { ...body, pin: noPin ? null : pin || undefined, archived, version: member.version },
    })
  return (
    <EditDrawer
      title={t(member ? 'catalogue.editStaff' : 'catalogue.newStaff')}
      name={name}
      archived={member?.archived ?? false}
      saving={create.isPending || save.isPending}
      close={close}
      save={() =>
        member
          ? put(member.archived)
          : create.mutate({ ws, body: { ...body, code: code.trim(), pin: pin || undefined } })
      }
      archive={member ? put : undefined}
    >
      <CodeField isNew={member === null} value={code} set={setCode} />
      <NameField isNew={member === null} most={100} value={name} set={setName} />
      <Group grow>
        <Select
          label={t('catalogue.store')}
          clearable
          searchable
          placeholder={t('catalogue.noStore')}
          data={stores}
          value={store}
          onChange={setStore}
        />
        <Select
          label={t('catalogue.role')}
          allowDeselect={false}
          data={[
            { value: 'staff', label: t('catalogue.clerk') },
            { value: 'manager', label: t('catalogue.manager') },
          ]}
          value={role}
          onChange={value => setRole(value === 'manager' ? 'manager' : 'staff')}
        />
      </Group>
      <PasswordInput
        label={t('catalogue.pin')}
        description={t(member?.hasPin ? 'catalogue.pinKept' : 'catalogue.pinText')}
        inputMode="numeric"
        autoComplete="off"
        pattern="[0-9]{4,8}"
        maxLength={8}
        disabled={noPin}
        value={pin}
        onChange={e => setPin(e.currentTarget.value)}
      />
      {member?.hasPin ? (
        <Checkbox
          label={t('catalogue.pinRemove')}
          checked={noPin}
          onChange={e => setNoPin(e.currentTarget.checked)}
        />
      ) : null}
      <Switch
        label={t('catalogue.employed')}
        checked={active}
        onChange={e => setActive(e.currentTarget.checked)}
      />
    </EditDrawer>
  )
}
