// When the team answers, and what is said outside those hours: kept in the workspace's settings.
import type { z } from 'zod'
import { conversationSettings, days } from '../contract/conversations.ts'
import { saveSettings } from '../catalogue/workspace-settings.ts'
import { wallOf } from '../platform/wall-time.ts'
import type { Handlers, WorkspaceRow } from '../platform/http/handler.ts'

export type ConversationSettings = z.output<typeof conversationSettings>

const DEFAULTS: ConversationSettings = { hours: [], away: { on: false, text: '' }, markRead: false }

export const conversationSettingsOf = (workspace: Pick<WorkspaceRow, 'settings'>): ConversationSettings => {
  const kept = conversationSettings.safeParse(workspace.settings.conversations)
  return kept.success ? kept.data : DEFAULTS
}

/** Whether the team answers at this moment. An end of 00:00 is the end of the day. */
export function isWithinHours(hours: ConversationSettings['hours'], at: number, zone: string): boolean {
  if (hours.length === 0) return true
  const { weekday, time } = wallOf(at, zone)
  const today = days[weekday - 1]!
  return hours.some(h => h.day === today && time >= h.from && (h.to === '00:00' || time < h.to))
}

export const conversationSettingRoutes = {
  conversationSettings: async ({ workspace }) => ({
    ...conversationSettingsOf(workspace),
    version: workspace.version,
  }),

  async saveConversationSettings({ core, workspace, body: { version, ...conversations } }) {
    const saved = await saveSettings(core.pool, workspace.id, version, { conversations })
    return { ...conversations, version: saved }
  },
} satisfies Handlers
