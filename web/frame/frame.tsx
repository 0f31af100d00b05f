// The frame around every page: rail, top bar, banners, live updates.
import { ActionIcon, AppShell, Burger, Group, ScrollArea, Tooltip } from '@mantine/core'
import { useDisclosure, useLocalStorage } from '@mantine/hooks'
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react'
import { Link, Outlet } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useLive } from '../api/live.ts'
import { useWorkspace } from '../use.ts'
import { Clock } from './clock.tsx'
import { PAGES } from './pages.ts'
import { Search } from './search.tsx'
import { StopButton, StoppedBanner } from './stop.tsx'
import { Notices } from './notices.tsx'
import { AccountMenu, HelpMenu, LanguageMenu, SchemeButton, WorkspaceMenu } from './top-menus.tsx'

/** In the top bar where there is room, else below the rail. */
function Preferences() {
  return (
    <>
      <LanguageMenu />
      <SchemeButton />
      <HelpMenu />
    </>
  )
}

export function Frame() {
  const { t } = useTranslation()
  const { ws, workspace } = useWorkspace()
  const connected = useLive(ws)
  const [opened, menu] = useDisclosure(false)
  const [narrow, setNarrow] = useLocalStorage({ key: 'itinera.rail', defaultValue: false })
  return (
    <AppShell
      header={{ height: 54 }}
      navbar={{ width: narrow ? 64 : 212, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
      transitionDuration={100}
    >
      <a className="skip" href="#content">
        {t('app.skip')}
      </a>
      <AppShell.Header className="top">
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger
            opened={opened}
            onClick={menu.toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={t('app.menu')}
          />
          <Link to="/w/$ws" params={{ ws }} className="brand" aria-label={t('app.name')}>
            <img src="/icon.svg" width={26} height={26} alt="" />
          </Link>
          <WorkspaceMenu />
          <Search />
          <Group gap={6} ml="auto" wrap="nowrap">
            {workspace?.kind === 'sandbox' ? <Clock /> : null}
            <StopButton ws={ws} />
            <Notices />
            <Group gap={6} wrap="nowrap" visibleFrom="sm">
              <Preferences />
            </Group>
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className="rail" p={8}>
        <ScrollArea style={{ flex: 1 }}>
          <Rail narrow={narrow && !opened} close={menu.close} />
        </ScrollArea>
        <Group gap={6} hiddenFrom="sm" pt={6}>
          <Preferences />
        </Group>
        <Tooltip label={t(narrow ? 'app.expand' : 'app.collapse')} position="right">
          <ActionIcon
            variant="subtle"
            color="gray"
            visibleFrom="sm"
            onClick={() => setNarrow(!narrow)}
            aria-label={t(narrow ? 'app.expand' : 'app.collapse')}
          >
            {narrow ? <IconLayoutSidebarLeftExpand size={18} /> : <IconLayoutSidebarLeftCollapse size={18} />}
          </ActionIcon>
        </Tooltip>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {connected ? null : (
          <div className="banner banner-wait" role="status">
            {t('top.reconnecting')}
          </div>
        )}
        {workspace?.sendingPaused ? (
          <div className="banner banner-wait">
            {t('top.paused')}{' '}
            <Link to="/w/$ws/settings" params={{ ws }} search={{ tab: 'workspace' }}>
              {t('top.pausedDo')}
            </Link>
          </div>
        ) : null}
        <StoppedBanner ws={ws} />
        {workspace?.madeUp ? <div className="banner banner-made-up">{t('top.madeUp')}</div> : null}
        <div style={{ paddingTop: 12 }}>
          <Outlet />
        </div>
      </AppShell.Main>
    </AppShell>
  )
}

function Rail({ narrow, close }: { narrow: boolean; close: () => void }) {
  const { t } = useTranslation()
  const { ws, workspace } = useWorkspace()
  let group: string | null = null
  return (
    <nav aria-label={t('app.main')}>
      {PAGES.map(page => {
        const heading = page.group !== null && page.group !== group ? page.group : null
        group = page.group
        const barred = page.key === 'sandbox' && workspace !== undefined && workspace.kind !== 'sandbox'
        const label = t(`nav.${page.key}`)
        return (
          <div key={page.key}>
            {heading && !narrow ? <div className="group">{t(`nav.${heading}`)}</div> : null}
            <Tooltip
              label={barred ? t('nav.sandboxOnly') : label}
              disabled={!narrow && !barred}
              position="right"
            >
              <Link
                to={page.to}
                params={{ ws }}
                activeOptions={{ exact: page.key === 'home', includeSearch: false }}
                activeProps={{ className: 'active', 'aria-current': 'page' }}
                aria-label={narrow ? label : undefined}
                aria-disabled={barred || undefined}
                onClick={event => (barred ? event.preventDefault() : close())}
              >
                <page.icon size={18} aria-hidden />
                {narrow ? null : label}
              </Link>
            </Tooltip>
          </div>
        )
      })}
    </nav>
  )
}
