// The shape of the three lists of the catalogue: search and filters in the URL, states, rows, more.
import { Button, Group, Switch, Text } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { FindInput } from '../parts/find-input.tsx'
import { type ListQuery, ListTable } from '../parts/list-table.tsx'
import { Empty } from '../parts/state.tsx'
import { useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/catalogue')

/** Changes what the list is narrowed to, or which row is open: it stands in the URL. */
export function useShelfSearch(): (search: Record<string, string | undefined>) => void {
  const navigate = route.useNavigate()
  return search => void navigate({ search: before => ({ ...before, ...search }), replace: true })
}

/** The name of a row, which opens it. */
export function OpenRow({ name, open }: { name: string; open: () => void }) {
  return (
    <Button variant="transparent" size="compact-sm" p={0} onClick={open}>
      {name}
    </Button>
  )
}

export function ShelfList<Item>({
  query,
  total,
  q,
  archived,
  filtered,
  set,
  hint,
  filters,
  actions,
  head,
  row,
  empty,
}: {
  query: ListQuery<Item>
  total: number | undefined
  q: string | undefined
  archived: boolean
  /** something narrows the list: an empty one then means that nothing fits */
  filtered: boolean
  set: (search: { q?: string; archived?: string }) => void
  hint: string
  filters?: ReactNode
  actions: ReactNode
  head: ReactNode
  row: (item: Item) => ReactNode
  empty: { icon: ReactNode; title: string; text: string }
}) {
  const { t } = useTranslation()
  const say = useSay()
  /** nothing there at all: the empty state carries the actions */
  const bare = !query.isPending && query.items.length === 0 && !filtered && !query.error
  return (
    <>
      <Group mb="sm" gap="sm">
        <FindInput
          size="xs"
          w={260}
          label={t('catalogue.search')}
          placeholder={hint}
          value={q}
          find={text => set({ q: text })}
        />
        {filters}
        <Switch
          size="xs"
          label={t('catalogue.archivedOnly')}
          checked={archived}
          onChange={e => set({ archived: e.currentTarget.checked ? 'true' : undefined })}
        />
        {bare ? null : (
          <Group ml="auto" gap="xs">
            {total === undefined ? null : (
              <Text size="sm" c="dimmed">
                {t('catalogue.total', { n: say.count(total) })}
              </Text>
            )}
            {actions}
          </Group>
        )}
      </Group>
      <div className="card">
        <ListTable
          query={query}
          waiting={8}
          hover
          head={head}
          row={row}
          empty={
            filtered ? (
              <Empty
                icon={<IconSearch />}
                title={t('catalogue.none')}
                text={t('catalogue.noneText')}
                action={
                  <Button
                    variant="default"
                    size="xs"
                    onClick={() => set({ q: undefined, archived: undefined })}
                  >
                    {t('common.all')}
                  </Button>
                }
              />
            ) : (
              <Empty {...empty} action={<Group gap="xs">{actions}</Group>} />
            )
          }
        />
      </div>
    </>
  )
}
