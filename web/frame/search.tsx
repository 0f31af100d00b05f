// Ctrl-K: customers, journeys, messages and pages by text, with the keyboard alone.
import { Modal, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useDebouncedValue, useDisclosure, useHotkeys } from '@mantine/hooks'
import { IconFileText, IconRoute, IconSearch, IconSend, IconUser } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { useWs } from '../use.ts'
import { PAGES } from './pages.ts'

const ICONS = { customer: IconUser, journey: IconRoute, message: IconSend, page: IconFileText }

export function Search() {
  const { t } = useTranslation()
  const [opened, { open, close }] = useDisclosure(false)
  useHotkeys([['mod+K', open]], [])
  return (
    <>
      <UnstyledButton className="search-button" onClick={open} aria-keyshortcuts="Control+K">
        <IconSearch size={16} aria-hidden />
        <span>{t('top.search')}</span>
        <kbd>Ctrl K</kbd>
      </UnstyledButton>
      <Modal.Root opened={opened} onClose={close} size="lg" yOffset="12vh" padding={8}>
        <Modal.Overlay />
        <Modal.Content aria-label={t('search.title')}>
          <Modal.Body pt={8}>
            <Finder close={close} />
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
    </>
  )
}

function Finder({ close }: { close: () => void }) {
  const { t } = useTranslation()
  const ws = useWs()
  const navigate = useNavigate()
  const [q, setQ] = useState('')
  const [asked] = useDebouncedValue(q.trim(), 150)
  const [at, setAt] = useState(0)
  const found = useApi('search', { ws, query: { q: asked } }, { enabled: asked !== '', keep: true })
  const pages = PAGES.filter(
    p => q.trim() === '' || t(`nav.${p.key}`).toLowerCase().includes(q.trim().toLowerCase()),
  )
  const results = [
    ...(asked === '' ? [] : (found.data?.items ?? []).filter(i => i.kind !== 'page')).map(item => ({
      ...item,
      go: () => {
        if (item.kind === 'customer')
          void navigate({ to: '/w/$ws/customers/$customer', params: { ws, customer: item.id } })
        else if (item.kind === 'journey')
          void navigate({ to: '/w/$ws/journeys/$journey', params: { ws, journey: item.id } })
        else void navigate({ to: '/w/$ws/messages', params: { ws }, search: { message: item.id } })
      },
    })),
    ...pages.map(p => ({
      kind: 'page' as const,
      id: p.key,
      title: t(`nav.${p.key}`),
      detail: t('search.page'),
      go: () => void navigate({ to: p.to, params: { ws } }),
    })),
  ]
  const chosen = Math.min(at, results.length - 1)
  const take = (index: number) => {
    const result = results[index]
    if (!result) return
    close()
    result.go()
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(chosen + 1, results.length - 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(chosen - 1, 0))
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) take(chosen)
    else return
    event.preventDefault()
  }
  return (
    <>
      <TextInput
        data-autofocus
        size="md"
        leftSection={<IconSearch size={18} />}
        placeholder={t('top.searchHint')}
        aria-label={t('search.title')}
        role="combobox"
        aria-expanded
        aria-controls="search-results"
        aria-activedescendant={chosen >= 0 ? `search-${chosen}` : undefined}
        value={q}
        onChange={e => {
          setQ(e.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={onKey}
      />
      <div
        id="search-results"
        role="listbox"
        aria-label={t('search.results')}
        style={{ marginTop: 8, maxHeight: '50vh', overflow: 'auto' }}
      >
        {results.map((r, i) => {
          const Icon = ICONS[r.kind]
          return (
            <div
              key={`${r.kind}:${r.id}`}
              id={`search-${i}`}
              role="option"
              aria-selected={i === chosen}
              tabIndex={-1}
              className="result"
              onMouseMove={() => setAt(i)}
              onClick={() => take(i)}
              onKeyDown={onKey}
            >
              <Icon size={18} aria-label={t(`search.${r.kind}`)} />
              <Text truncate>{r.title}</Text>
              <Text size="xs" c="dimmed" ml="auto" truncate>
                {r.detail}
              </Text>
            </div>
          )
        })}
      </div>
      {results.length === 0 && !found.isFetching ? (
        <Text c="dimmed" p="sm" role="status">
          {t('search.none', { q })}
        </Text>
      ) : null}
    </>
  )
}
