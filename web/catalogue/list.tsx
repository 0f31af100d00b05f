// The shape of the three lists of the catalogue: search and filters in the URL, states, rows, more.
import { Button, Group, Switch, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { More } from '../parts/small.tsx'
import { Empty, Waiting, Wrong } from '../parts/state.tsx'
import { useSay } from '../use.ts'

type Query = {
  isPending: boolean
  error: unknown
  items: unknown[]
  refetch: () => unknown
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

export function ShelfList({
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
  rows,
  empty,
}: {
  query: Query
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
  rows: ReactNode
  empty: { icon: ReactNode; title: string; text: string }
}) {
  const { t } = useTranslation()
  const say = useSay()
  /** nothing there at all: the empty state carries the actions */
  const bare = !query.isPending && query.items.length === 0 && !filtered && !query.error
  const [text, setText] = useState(q ?? '')
  const search = useDebouncedCallback((value: string) => set({ q: value.trim() || undefined }), 300)
  return (
    <>
      <Group mb="sm" gap="sm">
        <TextInput
          size="xs"
          w={260}
          leftSection={<IconSearch size={14} />}
          aria-label={t('catalogue.search')}
          placeholder={hint}
          value={text}
          onChange={e => {
            setText(e.currentTarget.value)
            search(e.currentTarget.value)
          }}
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
        {query.isPending ? (
          <Waiting rows={8} />
        ) : query.error && query.items.length === 0 ? (
          <Wrong error={query.error} retry={() => void query.refetch()} />
        ) : query.items.length === 0 ? (
          filtered ? (
            <Empty
              icon={<IconSearch />}
              title={t('catalogue.none')}
              text={t('catalogue.noneText')}
              action={
                <Button
                  variant="default"
                  size="xs"
                  onClick={() => {
                    setText('')
                    set({ q: undefined, archived: undefined })
                  }}
                >
                  {t('common.all')}
                </Button>
              }
            />
          ) : (
            <Empty {...empty} action={<Group gap="xs">{actions}</Group>} />
          )
        ) : (
          <div className="table-scroll">
            <table className="table hover">
              <thead>
                <tr>{head}</tr>
              </thead>
              <tbody>{rows}</tbody>
            </table>
          </div>
        )}
        <More query={query} />
      </div>
    </>
  )
}
