// LINE: rich menus in the order in which they are looked at, and what LINE counts.
import { ActionIcon, Group, Stack, Tabs, Text } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconLayoutBottombar, IconPlus } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct, useApi } from '../api/queries.ts'
import { Figures } from '../line/figures.tsx'
import { type LineMenu, MenuDrawer } from '../line/menu-drawer.tsx'
import '../line/line.css'
import { AsOpened } from '../parts/newer.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Card, Page } from '../parts/page.tsx'
import { Badge, Guarded } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'

const route = getRouteApi('/w/$ws/line')
const TONE = { draft: 'skip', live: 'good', archived: 'skip' } as const

export function Line() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const { tab = 'menus', menu: edit } = route.useSearch()
  const navigate = route.useNavigate()
  const menus = useApi('lineMenus', { ws }, { refetchInterval: 10_000 })
  const channels = useApi('channels', { ws })
  const accounts = (channels.data?.items ?? []).filter(a => a.adapter === 'line')
  const open = (id: string | undefined) => void navigate({ search: s => ({ ...s, menu: id }) })
  const edited = menus.data?.items.find(m => m.id === edit)
  const add =
    accounts.length > 0 ? (
      <Guarded scope="messages:write" leftSection={<IconPlus size={16} />} onClick={() => open('new')}>
        {t('line.add')}
      </Guarded>
    ) : null
  return (
    <Page title={t('line.title')} lead={t('line.lead')} action={tab === 'menus' ? add : null}>
      <Tabs value={tab} onChange={value => void navigate({ search: { tab: value ?? undefined } })}>
        <Tabs.List mb="md">
          <Tabs.Tab value="menus">{t('line.tabMenus')}</Tabs.Tab>
          <Tabs.Tab value="figures">{t('line.tabFigures')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="menus">
          <Card flush>
            <Show query={menus}>
              {({ items, waiting }) =>
                items.length === 0 ? (
                  <Empty
                    icon={<IconLayoutBottombar />}
                    title={t(accounts.length > 0 ? 'line.empty' : 'line.noAccount')}
                    text={t(accounts.length > 0 ? 'line.emptyText' : 'line.noAccountText')}
                    action={add}
                  />
                ) : (
                  <MenuList ws={ws} items={items} waiting={waiting} open={open} />
                )
              }
            </Show>
          </Card>
        </Tabs.Panel>
        <Tabs.Panel value="figures">{tab === 'figures' ? <Figures ws={ws} /> : null}</Tabs.Panel>
      </Tabs>
      {edit === 'new' || edited ? (
        <AsOpened key={edit} latest={edited ?? null}>
          {menu => <MenuDrawer ws={ws} menu={menu} accounts={accounts} close={() => open(undefined)} />}
        </AsOpened>
      ) : null}
    </Page>
  )
}

function MenuList({
  ws,
  items,
  waiting,
  open,
}: {
  ws: string
  items: LineMenu[]
  waiting: number
  open: (id: string) => void
}) {
  const { t } = useTranslation()
  const order = useAct('orderLineMenus')
  const move = (from: number, to: number) => {
    const ids = items.map(m => m.id)
    ids.splice(to, 0, ...ids.splice(from, 1))
    order.mutate({ ws, body: { menus: ids } })
  }
  return (
    <Stack gap={0}>
      <Text size="sm" c="dimmed" px="md" pt="sm">
        {t('line.order')} {waiting > 0 ? t('line.waiting', { n: waiting }) : null}
      </Text>
      {items.map((m, i) => (
        <MenuRow
          key={m.id}
          ws={ws}
          menu={m}
          open={() => open(m.id)}
          up={i > 0 ? () => move(i, i - 1) : null}
          down={i < items.length - 1 ? () => move(i, i + 1) : null}
        />
      ))}
    </Stack>
  )
}

function MenuRow({
  ws,
  menu,
  open,
  up,
  down,
}: {
  ws: string
  menu: LineMenu
  open: () => void
  up: (() => void) | null
  down: (() => void) | null
}) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  const publish = useAct('publishLineMenu', { done: t('line.published') })
  const archive = useAct('archiveLineMenu', { done: t('line.archived') })
  const segments = useApi('segments', { ws, query: {} }, { enabled: menu.audience.kind === 'segment' })
  const { audience } = menu
  const { name } = menu.menu
  const whose =
    audience.kind === 'segment'
      ? t('line.ofSegment', {
          name: segments.data?.items.find(s => s.id === audience.segment)?.name ?? audience.segment,
        })
      : audience.kind === 'tier'
        ? t('line.ofTier', { name: audience.tier })
        : t(`line.audience_${audience.kind}`)
  const why =
    menu.faults.length > 0
      ? t('line.mendFirst')
      : menu.status === 'live' && !menu.changed
        ? t('line.nothingNew')
        : null
  return (
    <div className="menu-row">
      {menu.pictureUrl ? (
        <img className="menu-thumb" src={menu.pictureUrl} alt="" loading="lazy" />
      ) : (
        <div className="menu-thumb" />
      )}
      <Stack gap={2}>
        <Group gap={8}>
          <Text fw={600}>{name}</Text>
          <Badge tone={TONE[menu.status]}>{t(`line.status_${menu.status}`)}</Badge>
          {menu.changed ? <Badge tone="wait">{t('line.changed')}</Badge> : null}
        </Group>
        <Text size="sm" c="dimmed">
          {whose}
          {menu.people === null ? '' : ` · ${t('line.people', { n: menu.people })}`}
        </Text>
        {menu.fault ? (
          <Text size="sm" c="red">
            {t('line.lastTry', { text: menu.fault })}
          </Text>
        ) : null}
      </Stack>
      <Group gap={6} wrap="nowrap">
        <ActionIcon
          variant="subtle"
          aria-label={t('line.up', { name })}
          disabled={!up}
          onClick={() => up?.()}
        >
          <IconArrowUp size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          aria-label={t('line.down', { name })}
          disabled={!down}
          onClick={() => down?.()}
        >
          <IconArrowDown size={16} />
        </ActionIcon>
        <Guarded scope="messages:write" size="xs" variant="default" onClick={open}>
          {t('line.edit')}
        </Guarded>
        <Guarded
          scope="messages:write"
          size="xs"
          loading={publish.isPending}
          reason={why}
          onClick={() => publish.mutate({ ws, menu: menu.id })}
        >
          {t('line.publish')}
        </Guarded>
        <Guarded
          scope="messages:write"
          size="xs"
          variant="subtle"
          color="red"
          onClick={() => setAsking(true)}
        >
          {t('line.archive')}
        </Guarded>
      </Group>
      <Confirm
        opened={asking}
        title={t('line.archiveAsk', { name })}
        text={t('line.archiveText')}
        action={t('line.archive')}
        danger
        close={() => setAsking(false)}
        run={() => archive.mutate({ ws, menu: menu.id })}
      />
    </div>
  )
}
