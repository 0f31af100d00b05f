// What every page asks for: the workspace of the URL, its time, the caller's rights, numbers in the right language.
import { useParams } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { roleScopes } from 'virtual:endpoints'
import type { Role, Scope } from '../src/contract.ts'
import { useApi } from './api/queries.ts'
import * as format from './format.ts'
import { currentLocale, word } from './i18n.ts'

export function useWs(): string {
  return useParams({ strict: false }).ws ?? ''
}

export function useWorkspace() {
  const ws = useWs()
  const me = useApi('me', {})
  const fresh = useApi('workspace', { ws }, { enabled: ws !== '' })
  const seat = me.data?.workspaces.find(w => w.workspace.id === ws)
  return {
    ws,
    workspace: fresh.data ?? seat?.workspace,
    role: seat?.role,
    readAt: fresh.dataUpdatedAt || me.dataUpdatedAt,
  }
}

/** Workspace time now, in ms: what the server said plus what passed since. Ticks every `everyMs`. */
export function useNow(everyMs = 30_000): number {
  const { workspace, readAt } = useWorkspace()
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick(n => n + 1), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  if (!workspace) return Date.now()
  const passed = workspace.clockTarget === null ? Math.max(0, Date.now() - readAt) : 0
  return new Date(workspace.now).getTime() + passed
}

/** The reason why the caller may not use `scope`, in words; null when they may. */
export function useDisabledReason(): (scope: Scope) => string | null {
  const { t } = useTranslation()
  const { role } = useWorkspace()
  return scope => {
    if (role === undefined) return t('common.loading')
    return may(role, scope) ? null : t('common.noScope', { role: word('role', role) })
  }
}

export const may = (role: Role, scope: Scope): boolean => roleScopes[role].includes(scope)

/** Formats in the language and zone at hand. */
export function useSay() {
  const { t } = useTranslation() // a new t with each language
  const { workspace } = useWorkspace()
  const zone = workspace?.timezone ?? 'Asia/Taipei'
  return useMemo(() => {
    const locale = currentLocale()
    const spoken = { locale, zone }
    return {
      t,
      locale,
      zone,
      count: (n: number) => format.count(n, locale),
      people: (n: number) => format.people(n, locale),
      share: (part: number, whole: number) => format.share(part, whole, locale),
      percent: (part: number) => format.percent(part, locale),
      list: (names: string[]) => format.list(names, locale),
      decimal: (n: number) => format.decimal(n, locale),
      money: (amount: number, currency: string) => format.money(amount, currency, locale),
      exact: (at: string | number) => format.exactTime(at, spoken),
      short: (at: string | number) => format.shortTime(at, spoken),
      relative: (at: string | number, now: number) => format.relativeTime(at, now, locale),
      latency: (ms: number | null) => format.latency(ms, locale),
      bytes: (n: number) => format.bytes(n, locale),
      duration: (ms: number) =>
        format
          .durationParts(ms)
          .map(p => t(`time.${p.unit}`, { n: p.n }))
          .join(' '),
    }
  }, [t, zone])
}
export type Say = ReturnType<typeof useSay>
