// Handlers of the library of ready segments, and of the names that rules may use.
import type { Out } from '../../contract.ts'
import type { Core } from '../../platform/core.ts'
import { Problem } from '../../platform/errors.ts'
import { actorOf, type Handlers, type WorkspaceRow } from '../../platform/http/handler.ts'
import { publicId } from '../../platform/ids.ts'
import { createSegment, listSegments } from '../store.ts'
import { shopFigures } from './figures.ts'
import { installable, outlineOf } from './install.ts'
import {
  defaultsOf,
  fromFigures,
  type LibrarySegment,
  NO_FIGURES,
  type Param,
  readValues,
  type ShopFigures,
  type Value,
  type Values,
} from './model.ts'
import { LIBRARY } from './register.ts'
import { ruleVocabulary } from './vocabulary.ts'

/** @throws Problem 404 `no_library_segment` */
function segmentOf(key: string | undefined): LibrarySegment {
  const found = LIBRARY.find(s => s.key === key)
  if (found) return found
  throw new Problem(404, 'no_library_segment', 'There is no such ready segment', {
    action: 'GET segment-library lists all of them.',
  })
}

/** Common figures while history is down. */
async function figuresOf(
  core: Core,
  workspace: WorkspaceRow,
): Promise<{ figures: ShopFigures; stale: boolean }> {
  try {
    return { figures: await shopFigures(core, workspace), stale: false }
  } catch (error) {
    if (error instanceof Problem && error.code === 'history_down') return { figures: NO_FIGURES, stale: true }
    throw error
  }
}

/** @throws Problem 400 with the parameter's path */
function valuesOr400(segment: LibrarySegment, given: Record<string, unknown>, figures: ShopFigures): Values {
  const read = readValues(segment, given, figures)
  if ('values' in read) return read.values
  const misfit = read.misfits[0]!
  throw new Problem(400, misfit.code, misfit.message.en, {
    path: `/params/${misfit.param}`,
    action: 'The library lists each parameter with its limits and its default.',
  })
}

const presentParam = (
  key: string,
  p: Param,
  value: Value,
): Out<'segmentLibrary'>['items'][number]['params'][number] => ({
  key,
  label: p.label,
  kind: p.kind,
  unit: p.kind === 'names' ? null : p.unit,
  min: p.kind === 'names' ? null : p.min,
  max: p.kind === 'names' ? null : p.max,
  fraction: p.kind === 'number' && p.fraction === true,
  of: p.kind === 'names' ? p.of : null,
  most: p.kind === 'names' ? p.most : null,
  default: value,
  ownFigure: fromFigures(p),
})

export const libraryRoutes = {
  async segmentLibrary({ core, workspace }) {
    const [{ figures, stale }, made] = await Promise.all([
      figuresOf(core, workspace),
      listSegments(core.pool, workspace.id),
    ])
    const { categories: _c, brands: _b, tiers: _t, campaigns: _k, ...numbers } = figures
    return {
      figures: { ...numbers, currency: workspace.currency },
      stale,
      items: LIBRARY.map(s => {
        const values = defaultsOf(s.params, figures)
        return {
          key: s.key,
          family: s.family,
          name: s.name,
          purpose: s.purpose,
          params: Object.entries(s.params).map(([key, p]) => presentParam(key, p, values[key]!)),
          outline: outlineOf(s, values, workspace.currency),
          installed: made
            .filter(m => m.library === s.key && m.status !== 'archived')
            .map(m => publicId('seg', m.id)),
        }
      }),
    }
  },

  async outlineLibrarySegment({ core, workspace, params, body }) {
    const segment = segmentOf(params.key)
    const { figures } = await figuresOf(core, workspace)
    return outlineOf(segment, valuesOr400(segment, body.params, figures), workspace.currency)
  },

  async installLibrarySegment({ core, workspace, params, body, caller }) {
    const segment = segmentOf(params.key)
    const { figures } = await figuresOf(core, workspace)
    const values = valuesOr400(segment, body.params, figures)
    const draft = installable(segment, values, workspace)
    const id = await createSegment(
      core,
      workspace.id,
      { ...draft, ...(body.name === undefined ? {} : { name: body.name }) },
      actorOf(caller),
    )
    return { id: publicId('seg', id) }
  },

  ruleVocabulary: ({ core, workspace, query }) => ruleVocabulary(core, workspace.id, query),
} satisfies Handlers
