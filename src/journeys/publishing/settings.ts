// What publishing takes in a workspace: whether a second person has to approve.
import type { WorkspaceSettings } from '../../catalogue/workspace.ts'
import type { WorkspaceRow } from '../../platform/http/handler.ts'

export type PublishingSettings = { approval: boolean }

export const publishingOf = (workspace: Pick<WorkspaceRow, 'settings'>): PublishingSettings => ({
  approval: (workspace.settings as WorkspaceSettings).publishing?.approval === true,
})
