// What a fold decided about identifiers and conflicts, written with the rest of its transaction. Identifier rows are
// locked in key order, all in one statement.
import { bucketOf, bucketOfText, type Uuid } from '../platform/ids.ts'
import type { Work } from './fold-model.ts'
import type { FoldEffect } from './model.ts'
import type { Run } from '../platform/postgres.ts'

/** Points an identifier, where it still names `from`, to `to`. `shared`: it names nobody from now on. */
export type Repoint = {
  workspace: Uuid
  kind: string
  value: string
  from: Uuid
  to: Uuid
  shared: boolean
}

/** A conflict's effect, and at which customer it was decided. */
export type Decided = { work: Work; effect: Extract<FoldEffect, { kind: 'conflict' | 'settle' }> }

export function writeIdentity(run: Run, repoints: Repoint[], decided: Decided[]): void {
  if (repoints.length > 0) writeRepoints(run, repoints)
  for (const { work, effect } of decided) {
    if (effect.kind === 'settle') {
      run(
        'w_settle',
        `update identity_conflict set status = $4, decided_by = $5, decided_at = $6::timestamptz
          where bucket = $1 and workspace_id = $2 and id = $3 and status <> $4`,
        [
          bucketOf(effect.conflict),
          work.workspace,
          effect.conflict,
          effect.how,
          effect.by,
          new Date(work.now).toISOString(),
        ],
      )
      continue
    }
    const c = effect.conflict
    run(
      'w_conflict',
      `insert into identity_conflict (bucket, workspace_id, id, one, two, reason, ids, event_id, event_name, source, at, status)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open') on conflict do nothing`,
      [
        bucketOf(c.id),
        work.workspace,
        c.id,
        c.one,
        c.two,
        c.reason,
        JSON.stringify(c.ids),
        c.by?.event ?? null,
        c.by?.name ?? null,
        c.by?.src ?? null,
        new Date(c.at).toISOString(),
      ],
    )
  }
}

function writeRepoints(run: Run, repoints: Repoint[]): void {
  const sorted = repoints
    .map(r => ({ ...r, bucket: bucketOfText(r.kind, r.value) }))
    .sort((a, b) => a.bucket - b.bucket || (a.kind + a.value < b.kind + b.value ? -1 : 1))
  run(
    'w_repoint',
    `with t as (select i.bucket, i.workspace_id, i.kind, i.value, u.dest, u.shared from identifier i
        join unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::bool[]) u(bucket, workspace_id, kind, value, holder, dest, shared)
          on i.bucket = u.bucket and i.workspace_id = u.workspace_id and i.kind = u.kind and i.value = u.value and i.customer_id = u.holder
       order by i.bucket, i.workspace_id, i.kind, i.value for update of i)
    update identifier i set customer_id = t.dest, shared = t.shared from t
     where i.bucket = t.bucket and i.workspace_id = t.workspace_id and i.kind = t.kind and i.value = t.value`,
    [
      sorted.map(r => r.bucket),
      sorted.map(r => r.workspace),
      sorted.map(r => r.kind),
      sorted.map(r => r.value),
      sorted.map(r => r.from),
      sorted.map(r => r.to),
      sorted.map(r => r.shared),
    ],
  )
}
