// Server state lives in the query cache and nowhere else: reading, paging and acting through the contract.
import { notifications } from '@mantine/notifications'
import {
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import type { EndpointName, Out } from '../../src/contract.ts'
import { currentLocale, i18n } from '../i18n.ts'
import { problemZh } from '../words/problems.ts'
import { ApiProblem, type Args, call } from './call.ts'

type Problem = { code: string; title: string; action: string }

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // a refusal stays a refusal; only what may pass by itself is tried again
      retry: (count, error) =>
        count < 2 && !(error instanceof ApiProblem && error.status >= 400 && error.status < 500),
    },
  },
})

export function useApi<N extends EndpointName>(
  name: N,
  args: Args<N>,
  options: { enabled?: boolean; refetchInterval?: number | false; keep?: boolean } = {},
): UseQueryResult<Out<N>> {
  const query = useQuery<unknown>({
    queryKey: [name, args],
    queryFn: ({ signal }) => call(name, args, signal),
    enabled: options.enabled,
    refetchInterval: options.refetchInterval,
    placeholderData: options.keep ? (previous: unknown) => previous : undefined,
  })
  // the query above resolves to Out<N> and nothing else; TypeScript cannot follow the generic through the library
  return query as UseQueryResult<Out<N>>
}

/** Endpoints that page by cursor. */
type Paged = {
  [N in EndpointName]: Out<N> extends { items: unknown[]; next: string | null } ? N : never
}[EndpointName]
type Page = { items: unknown[]; next: string | null }
type Item<N extends Paged> = Out<N> extends { items: (infer I)[] } ? I : never

export function usePages<N extends Paged>(name: N, args: Args<N>) {
  const query = useInfiniteQuery({
    queryKey: [name, args, 'pages'],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }): Promise<Page> => {
      const { query: filters } = args as { query?: Record<string, unknown> }
      return (await call(
        name,
        { ...args, query: { ...filters, cursor: pageParam } } as Args<N>,
        signal,
      )) as Page
    },
    getNextPageParam: last => last.next,
    placeholderData: previous => previous,
  })
  const pages = query.data?.pages ?? []
  return { ...query, items: pages.flatMap(p => p.items) as Item<N>[], first: pages[0] as Out<N> | undefined }
}

/** A write: says what went wrong, refetches what is shown, then `after`. `done` is shown when it worked. */
export function useAct<N extends EndpointName>(
  name: N,
  options: {
    done?: string
    after?: (out: Out<N>) => void
    quiet?: boolean
    /** what is read again when somebody else changed it meanwhile */
    edits?: EndpointName
  } = {},
) {
  const client = useQueryClient()
  return useMutation<Out<N>, Error, Args<N>>({
    mutationFn: (args: Args<N>) => call(name, args),
    onSuccess: out => {
      if (options.done) notifications.show({ message: options.done, color: 'green', autoClose: 2500 })
      // a one-time link is used up by now: asking about it again would only fail
      void client.invalidateQueries({ predicate: q => q.queryKey[0] !== 'checkLink' })
      options.after?.(out)
    },
    onError: error => {
      if (!options.quiet) showProblem(error)
      if (options.edits && error instanceof ApiProblem && error.code === 'version_conflict')
        void client.invalidateQueries({ queryKey: [options.edits] })
    },
  })
}

export function showProblem(error: unknown): void {
  const { title, action, id } = explain(error)
  notifications.show({
    title,
    message: [action, id ? `${i18n.t('wrong.id')} ${id}` : ''].filter(Boolean).join(' · '),
    color: 'red',
    autoClose: 8000,
  })
}

/** What happened, what to do, and an id to quote. */
export function explain(error: unknown): { title: string; action: string; id: string | null } {
  if (!(error instanceof ApiProblem))
    return { title: i18n.t('wrong.unexpected'), action: i18n.t('wrong.reload'), id: null }
  const { title, action } = problemInWords({ code: error.code, title: error.message, action: error.action })
  const passes = error.action === '' && (error.status === 0 || error.status >= 500)
  return {
    title,
    action: passes && chineseOf(error.code) === undefined ? i18n.t('wrong.retry') : action,
    id: error.requestId,
  }
}

/** It says what to do, too. */
const chineseOf = (code: string): string | undefined =>
  currentLocale() === 'en' ? undefined : problemZh(code)

/** A problem that the API answered or kept, in the language at hand: what happened, and what to do where that is not said by then. */
export function problemInWords({ code, title, action }: Problem): { title: string; action: string } {
  const chinese = chineseOf(code)
  if (chinese !== undefined) return { title: chinese, action: '' }
  const key = `problem.${code}` as 'problem.offline'
  return { title: i18n.exists(key) ? i18n.t(key) : title, action }
}

/** The same in one line. */
export function sayProblem(problem: Problem): string {
  const { title, action } = problemInWords(problem)
  return [title, action].filter(Boolean).join(' · ')
}

/** What a command was refused with. */
export function refusalInWords({ status, body }: { status: number; body: unknown }) {
  const { code = '', title = String(status), action = '' } = (body ?? {}) as Partial<Problem>
  return problemInWords({ code, title, action })
}
