// Leases in database time: which process owns which buckets (fold) or history groups. A lease is renewed while its
// process lives; it is taken over when it has run out, or at once when its process has no connection left.
// Safe in any case: every transaction checks its epoch under the lease row's lock.
import type { Core } from '../platform/core.ts'
import type { Row } from '../platform/postgres.ts'
import type { RoleName } from '../platform/config.ts'

export type Lease = { key: number; epoch: number }
export type LeaseTable = {
  table: 'bucket' | 'history_group'
  key: 'bucket' | 'history_group'
  role: RoleName
  count: number
}

export const FOLD_LEASES: LeaseTable = { table: 'bucket', key: 'bucket', role: 'fold', count: 256 }
export const HISTORY_LEASES: LeaseTable = {
  table: 'history_group',
  key: 'history_group',
  role: 'history',
  count: 16,
}

/** For a process that hangs; one that dies is noticed by its lost connections. A renewal writes 256 rows. */
const LEASE_MS = 16_000

/** One round: says we live, renews what we hold, gives back what is above our fair share, takes what is free.
 *  Returns everything held now, in key order. */
export async function holdLeases(core: Core, t: LeaseTable): Promise<Lease[]> {
  const me = core.processId
  const run = <T extends Row>(name: string, text: string, values: unknown[]) =>
    core.pool.query<T>({ name: `${t.table}_${name}`, text, values })
  // one statement where nothing changes: every process does this every two seconds, also at rest
  const { rows } = await run<{ key: number | null; epoch: number; old: boolean; others: number }>(
    'round',
    `with me as (
       insert into process (id, role, at) values ($1, $2, clock_timestamp())
       on conflict (id, role) do update set at = excluded.at)
     select t.${t.key} as key, t.epoch, t.lease_until < clock_timestamp() + make_interval(secs => $4) as old, o.n as others
       from (select count(*)::int as n from process p
              where role = $2 and id <> $1 and at > clock_timestamp() - make_interval(secs => $3)
                and exists (select from pg_stat_activity a where a.application_name = left('itinera ' || p.id, 63))) o
       left join ${t.table} t on t.owner = $1
      order by t.${t.key}`,
    [me, t.role, LEASE_MS / 1000, LEASE_MS / 2000],
  )
  const mine = rows.flatMap(({ key, epoch }) => (key === null ? [] : [{ key, epoch }]))
  const fair = Math.ceil(t.count / (1 + rows[0]!.others))
  if (mine.length === fair && !rows.some(r => r.old)) return mine
  if (mine.length > fair) {
    const extra = mine.slice(fair).map(l => l.key)
    await core.pool.query(
      `with l as (select ${t.key} from ${t.table} where ${t.key} = any($1::smallint[]) and owner = $2 order by ${t.key} for no key update)
       update ${t.table} b set owner = null, lease_until = '-infinity', epoch = epoch + 1 from l where b.${t.key} = l.${t.key}`,
      [extra, me],
    )
  }
  await run(
    'renew',
    // in key order, as folds lock them: else each would wait for the other
    `with l as (select ${t.key} from ${t.table} where owner = $1 and lease_until < clock_timestamp() + make_interval(secs => $3)
                 order by ${t.key} for no key update)
     update ${t.table} b set lease_until = clock_timestamp() + make_interval(secs => $2) from l where b.${t.key} = l.${t.key}`,
    [me, LEASE_MS / 1000, LEASE_MS / 2000],
  )
  const room = fair - mine.length
  if (room > 0)
    await run(
      'take',
      `update ${t.table} set owner = $1, epoch = epoch + 1, lease_until = clock_timestamp() + make_interval(secs => $2)
        where ${t.key} in (
          select ${t.key} from ${t.table} b
           where owner is distinct from $1
             and (lease_until < clock_timestamp()
                  or not exists (select from pg_stat_activity a where a.application_name = left('itinera ' || b.owner, 63)))
           order by ${t.key} limit $3 for no key update skip locked)`,
      [me, LEASE_MS / 1000, room],
    )
  const now = await run<Lease>(
    'mine',
    `select ${t.key} as key, epoch from ${t.table} where owner = $1 order by ${t.key}`,
    [me],
  )
  return now.rows
}

/** Gives everything back at an orderly stop, so that others need not wait. */
export async function releaseLeases(core: Core, t: LeaseTable): Promise<void> {
  await core.pool.query(
    `update ${t.table} set owner = null, lease_until = '-infinity', epoch = epoch + 1 where owner = $1`,
    [core.processId],
  )
  await core.pool.query('delete from process where id = $1 and role = $2', [core.processId, t.role])
}
