// Handlers of publishing and versions: the plan, one version.
import type { Handlers } from '../../platform/http/handler.ts'
import { idOr404 } from '../../platform/public-id.ts'
import { publishPlan } from './plan.ts'
import { findVersion } from './versions.ts'

export const publishingRoutes = {
  publishPlan: ({ core, workspace, params }) =>
    publishPlan(core, workspace.id, idOr404('jrn', params.journey)),

  async journeyVersion({ core, workspace, params }) {
    const found = await findVersion(
      core.pool,
      workspace.id,
      idOr404('jrn', params.journey),
      Number(params.version),
    )
    return { ...found, publishedAt: found.publishedAt.toISOString(), moves: found.moves?.list ?? [] }
  },
} satisfies Handlers
