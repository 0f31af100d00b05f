// Every pair of states: which way leads where, and what is said of the others.
import { expect, test } from 'vitest'
import { JOURNEY_STATUSES, statusFault } from './status.ts'

const table = (published: boolean) =>
  Object.fromEntries(
    JOURNEY_STATUSES.map(from => [
      from,
      JOURNEY_STATUSES.map(to => statusFault(from, to, published)?.code ?? (from === to ? '=' : 'yes')),
    ]),
  )

test('a published journey: all pairs', () => {
  // to:          draft, live, paused, draining, stopped, archived
  const no = 'status_not_allowed'
  expect(table(true)).toEqual({
    draft: ['=', 'not_published', 'not_published', 'not_published', 'not_published', 'yes'],
    live: [no, '=', 'yes', 'yes', 'yes', no],
    paused: [no, 'yes', '=', 'yes', 'yes', no],
    draining: [no, 'yes', 'yes', '=', 'yes', no],
    stopped: [no, 'yes', no, no, '=', 'yes'],
    archived: ['was_published', 'journey_archived', 'journey_archived', 'journey_archived', 'yes', '='],
  })
})

test('what was never published goes to the archive and back as a draft, nowhere else', () => {
  expect(table(false).draft).toEqual(['=', ...Array(4).fill('not_published'), 'yes'])
  expect(table(false).archived).toEqual(['yes', ...Array(3).fill('journey_archived'), 'not_published', '='])
})
