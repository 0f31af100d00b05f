// The emergency stop: of everything, or of a channel. The deliverer asks in the statement that lets a message to the socket, so
// whatever is not there yet is held until a person releases it.
import type { Core } from '../platform/core.ts'
import { ALL_BUCKETS, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { HELD_FROM } from './store.ts'

/** `channel` null: all. */
export async function setStopped(
  core: Core,
  workspace: Uuid,
  channel: string | null,
  stopped: boolean,
): Promise<void> {
  if (channel === null)
    await core.pool.query(
      `update workspace set settings = settings || jsonb_build_object('sendingPaused', $2::boolean), version = version + 1 where id = $1`,
      [workspace, stopped],
    )
  else
    await core.pool.query(
      `update workspace set version = version + 1, settings = settings || jsonb_build_object('stoppedChannels',
              (coalesce(settings->'stoppedChannels', '[]') - $2::text) || case when $3 then jsonb_build_array($2::text) else '[]' end)
        where id = $1`,
      [workspace, channel, stopped],
    )
  core.signals.emit('live', `${workspace}:messages`)
  if (!stopped) core.signals.emit('message', '')
}

export type Stopped = { stopped: boolean; channels: string[]; held: number; waiting: number }

/** `held`: waiting for the release; `waiting`: all that have no end yet, held ones too. */
export async function stoppedNow(sql: Sql, workspace: Uuid): Promise<Stopped> {
  const { rows } = await sql.query<Stopped>(
    `select coalesce((settings->>'sendingPaused')::boolean, false) as stopped,
            array(select jsonb_array_elements_text(coalesce(settings->'stoppedChannels', '[]'))) as channels,
            (select count(*)::int from message m where m.bucket = any($2::smallint[]) and m.workspace_id = $1 and m.state = 'intended' and m.send_after >= $3) as held,
            (select count(*)::int from message m where m.bucket = any($2::smallint[]) and m.workspace_id = $1 and m.state in ('intended', 'claimed', 'sending')) as waiting
       from workspace where id = $1`,
    [workspace, ALL_BUCKETS, HELD_FROM],
  )
  return rows[0]!
}

/** Whether some of a journey's unknown messages are still to be asked again, so that more of it may go out. */
export async function isAskedAgain(sql: Sql, journey: Uuid): Promise<boolean> {
  const { rows } = await sql.query<{ found: boolean }>(
    `select exists (select from message where bucket = any($1::smallint[]) and state = 'unknown' and send_after < $2 and journey_id = $3) as found`,
    [ALL_BUCKETS, HELD_FROM, journey],
  )
  return rows[0]!.found
}
