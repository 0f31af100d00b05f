// Menus of the top bar: workspace, language, colour scheme, help, account.
import {
  ActionIcon,
  Avatar,
  Menu,
  Text,
  Tooltip,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import {
  IconBook,
  IconCheck,
  IconChevronDown,
  IconHelp,
  IconLanguage,
  IconLogout,
  IconMoon,
  IconPlus,
  IconSun,
  IconUser,
} from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { queryClient, useAct, useApi } from '../api/queries.ts'
import { forgetWritten } from '../conversations/kept.ts'
import { currentLocale, LOCALES, setLocale } from '../i18n.ts'
import { Badge } from '../parts/small.tsx'
import { useWorkspace } from '../use.ts'

export function WorkspaceMenu() {
  const { t } = useTranslation()
  const { ws, workspace } = useWorkspace()
  const me = useApi('me', {})
  const navigate = useNavigate()
  return (
    <Menu width={300} position="bottom-start">
      <Menu.Target>
        <UnstyledButton style={{ display: 'flex', gap: 6, alignItems: 'center', minWidth: 0 }}>
          <span className="visually-hidden">{t('top.switchTo')}</span>
          <Text fw={600} truncate maw={200} visibleFrom="xs">
            {workspace?.name ?? '…'}
          </Text>
          {workspace?.kind === 'sandbox' ? <Badge tone="accent">{t('top.sandboxTag')}</Badge> : null}
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('top.workspace')}</Menu.Label>
        {me.data?.workspaces.map(seat => (
          <Menu.Item
            key={seat.workspace.id}
            leftSection={seat.workspace.id === ws ? <IconCheck size={16} /> : <span style={{ width: 16 }} />}
            rightSection={
              <Text size="xs" c="dimmed">
                {t(seat.workspace.kind === 'sandbox' ? 'top.sandboxTag' : 'top.liveTag')}
              </Text>
            }
            onClick={() => void navigate({ to: '/w/$ws', params: { ws: seat.workspace.id } })}
          >
            {seat.workspace.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconPlus size={16} />}
          onClick={() =>
            void navigate({ to: '/w/$ws/settings', params: { ws }, search: { tab: 'workspaces' } })
          }
        >
          {t('top.newWorkspace')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

const LANGUAGE_NAMES = { 'zh-TW': '繁體中文', en: 'English' } // each in its own language, never translated

export function LanguageMenu() {
  const { t } = useTranslation()
  const now = currentLocale()
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label={t('top.language')}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('top.language')}>
            <IconLanguage size={19} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {LOCALES.map(locale => (
          <Menu.Item
            key={locale}
            lang={locale}
            leftSection={locale === now ? <IconCheck size={16} /> : <span style={{ width: 16 }} />}
            onClick={() => void setLocale(locale)}
          >
            {LANGUAGE_NAMES[locale]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

export function SchemeButton() {
  const { t } = useTranslation()
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  return (
    <Tooltip label={t('top.scheme')}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t('top.scheme')}
        onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
      >
        {scheme === 'dark' ? <IconSun size={19} /> : <IconMoon size={19} />}
      </ActionIcon>
    </Tooltip>
  )
}

export function HelpMenu() {
  const { t } = useTranslation()
  return (
    <Menu position="bottom-end" width={320}>
      <Menu.Target>
        <Tooltip label={t('top.help')}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('top.help')}>
            <IconHelp size={19} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Text size="sm" px="sm" py={6}>
          {t('top.helpText')}
        </Text>
        <Text size="xs" c="dimmed" px="sm" pb={6}>
          {t('top.keys')}
        </Text>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconBook size={16} />}
          component="a"
          href="/api-docs"
          target="_blank"
          rel="noopener"
        >
          {t('top.apiDocs')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

export function AccountMenu() {
  const { t } = useTranslation()
  const { ws } = useWorkspace()
  const me = useApi('me', {})
  const navigate = useNavigate()
  const signOut = useAct('signOut', {
    after: () => {
      queryClient.clear()
      forgetWritten()
      void navigate({ to: '/sign-in' })
    },
  })
  const name = me.data?.user.name || me.data?.user.email || ''
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <UnstyledButton>
          <span className="visually-hidden">{t('top.account')}</span>
          <Avatar size={30} color="indigo" variant="filled" aria-hidden>
            {[...name][0]?.toUpperCase()}
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{name}</Menu.Label>
        <Menu.Item
          leftSection={<IconUser size={16} />}
          onClick={() => void navigate({ to: '/w/$ws/settings', params: { ws }, search: { tab: 'me' } })}
        >
          {t('top.account')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate({ body: undefined })}>
          {t('top.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
