// A list as a table, page by page: waiting, wrong, empty, rows, more.
import type { ReactNode } from 'react'
import { More } from './small.tsx'
import { Waiting, Wrong } from './state.tsx'

export type ListQuery<Item> = {
  isPending: boolean
  error: unknown
  items: Item[]
  refetch: () => unknown
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

/** `head` and `row`: what stands in the table's rows; `row` gives the whole `tr` with its key. `waiting`: rows of the skeleton. */
export function ListTable<Item>({
  query,
  waiting,
  hover = false,
  empty,
  head,
  row,
}: {
  query: ListQuery<Item>
  waiting: number
  hover?: boolean
  empty: ReactNode
  head: ReactNode
  row: (item: Item, index: number) => ReactNode
}) {
  return (
    <>
      {query.isPending ? (
        <Waiting rows={waiting} />
      ) : query.error && query.items.length === 0 ? (
        <Wrong error={query.error} retry={() => void query.refetch()} />
      ) : query.items.length === 0 ? (
        empty
      ) : (
        <div className="table-scroll">
          <table className={hover ? 'table hover' : 'table'}>
            <thead>
              <tr>{head}</tr>
            </thead>
            <tbody>{query.items.map(row)}</tbody>
          </table>
        </div>
      )}
      <More query={query} />
    </>
  )
}
