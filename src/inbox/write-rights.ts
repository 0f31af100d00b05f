// Rows of the ledgers of coupons and points, part of a fold's writing stage.
import type { CouponRow, PointsRow } from '../membership/model.ts'
import { bucketOf } from '../platform/ids.ts'
import { bigints, instants, smallints, texts, uuids } from '../platform/pg-array.ts'
import type { Work } from './fold-model.ts'
import type { Run } from '../platform/postgres.ts'

export type Entry<R> = { work: Work; row: R }

const owners = (entries: Entry<{ key: string }>[]) => [
  smallints(entries.map(e => bucketOf(e.work.id))),
  uuids(entries.map(e => e.work.workspace)),
  uuids(entries.map(e => e.work.id)),
  uuids(entries.map(e => e.row.key)),
]

export function writeRights(run: Run, coupons: Entry<CouponRow>[], points: Entry<PointsRow>[]): void {
  if (coupons.length > 0)
    run(
      'w_coupon',
      `insert into coupon_issue (bucket, workspace_id, customer_id, key, code, coupon_id, entry, at, source, ref)
      select * from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::text[], $8::timestamptz[], $9::text[], $10::text[]) on conflict do nothing`,
      [
        ...owners(coupons),
        texts(coupons.map(c => c.row.code)),
        uuids(coupons.map(c => c.row.coupon)),
        texts(coupons.map(c => c.row.entry)),
        instants(coupons.map(c => c.row.at)),
        texts(coupons.map(c => c.row.src)),
        texts(coupons.map(c => c.row.ref)),
      ],
    )
  if (points.length > 0)
    run(
      'w_points',
      `insert into points_entry (bucket, workspace_id, customer_id, key, entry, amount, at, ends, reason, source, ref)
      select * from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[], $11::text[]) on conflict do nothing`,
      [
        ...owners(points),
        texts(points.map(p => p.row.entry)),
        bigints(points.map(p => p.row.amount)),
        instants(points.map(p => p.row.at)),
        instants(points.map(p => p.row.ends)),
        texts(points.map(p => p.row.reason)),
        texts(points.map(p => p.row.src)),
        texts(points.map(p => p.row.ref)),
      ],
    )
}
