// A list page by page: waiting, wrong, empty, its items, more. And such a list as a table.
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

/** A list in each of its states: waiting, wrong, empty, or as `children` draw its items; and the way to more of it. */
export function ShowList<Item>({
  query,
  waiting,
  empty,
  children,
}: {
  query: ListQuery<Item>
  /** rows of the skeleton */
  waiting: number
  empty: ReactNode
  children: ReactNode
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
        children
      )}
      <More query={query} />
    </>
  )
}

/** `head` and `row`: what stands in the table's rows; `row` gives the whole `tr` with its key. */
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
    <ShowList query={query} waiting={waiting} empty={empty}>
      <div className="table-scroll">
        <table className={hover ? 'table hover' : 'table'}>
          <thead>
            <tr>{head}</tr>
          </thead>
          <tbody>{query.items.map(row)}</tbody>
        </table>
      </div>
    </ShowList>
  )
}
