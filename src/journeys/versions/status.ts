// The states of a journey and every way between them. Publishing is a way of its own: it leads to live from all but
// archived.

export const JOURNEY_STATUSES = ['draft', 'live', 'paused', 'draining', 'stopped', 'archived'] as const
/** draft: never published. live: admits. paused: admits nobody, runs wait. draining: admits nobody, runs go on to their
 *  end. stopped: runs have ended. archived: put away. */
export type JourneyStatus = (typeof JOURNEY_STATUSES)[number]

/** Where a person may turn it from each; anything else is refused. */
export const STATUS_MOVES: Record<JourneyStatus, readonly JourneyStatus[]> = {
  draft: ['archived'],
  live: ['paused', 'draining', 'stopped'],
  paused: ['live', 'draining', 'stopped'],
  draining: ['live', 'paused', 'stopped'],
  stopped: ['live', 'archived'],
  archived: ['draft', 'stopped'],
}

/** Why it may not be turned so; null when it may. `published`: it has a version. */
export function statusFault(
  from: JourneyStatus,
  to: JourneyStatus,
  published: boolean,
): { code: string; title: string; action: string } | null {
  if (from === to) return null
  if (from === 'archived' && to === (published ? 'draft' : 'stopped'))
    return published
      ? {
          code: 'was_published',
          title: 'This journey was published: it cannot be only a draft again',
          action: 'Take it back as stopped.',
        }
      : NOT_PUBLISHED
  if (STATUS_MOVES[from].includes(to)) return null
  if (from === 'draft') return NOT_PUBLISHED
  if (from === 'archived')
    return {
      code: 'journey_archived',
      title: 'This journey is archived',
      action: `Take it back as ${published ? 'stopped' : 'a draft'} first.`,
    }
  return {
    code: 'status_not_allowed',
    title: `A journey that is ${from} cannot become ${to}`,
    action: `It can become ${STATUS_MOVES[from].join(', ')}.`,
  }
}

const NOT_PUBLISHED = {
  code: 'not_published',
  title: 'This journey has never been published',
  action: 'Publish it first.',
}

export const APPROVAL_STATUSES = ['open', 'approved', 'rejected', 'withdrawn'] as const
