// What every page asks for: the workspace of the URL, its time, the caller's rights, numbers in the right language.
import { useParams } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { roleScopes } from 'virtual:endpoints'
import type { Role, Scope } from '../src/contract.ts'
import { useApi } from './api/queries.ts'
import { currentLocale, word } from './i18n.ts'
import { sayIn } from './say.ts'

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
  const year = Number(
    new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric' }).format(
      workspace ? new Date(workspace.now) : new Date(),
    ),
  )
  return useMemo(() => sayIn(t, currentLocale(), zone, year), [t, zone, year])
}
export type { Say } from './say.ts'
