// Handlers of coupons and points.
import type { Out } from '../contract.ts'
import { customerOr404 } from '../customers/store.ts'
import { runCommand } from '../inbox/command.ts'
import type { CommandBody } from '../inbox/model.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Call, type Handlers, type WorkspaceRow } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { idOr404 } from '../platform/public-id.ts'
import { balanceOf, type CouponTerms, DEFAULT_POINTS, type PointsSettings, readCode } from './model.ts'
import {
  couponCounts,
  type CouponCounts,
  type CouponRecord,
  createCoupon,
  giveBack,
  holderOf,
  ledgerOf,
  listCoupons,
  poolOf,
  saveCoupon,
  savePoints,
  takePlace,
} from './store.ts'

const MOST_ENTRIES = 200
const NONE: CouponCounts = { issued: 0, claimed: 0, redeemed: 0, expired: 0 }

const present = (r: CouponRecord, counts: CouponCounts = NONE): Out<'createCoupon'> => ({
  id: publicId('cpn', r.id),
  key: r.key,
  ...r.terms,
  archived: r.archived,
  counts,
  version: r.version,
  updatedAt: r.updated_at.toISOString(),
})

/** @throws Problem 400 `coupon_value` */
function demandValue({ kind, value }: CouponTerms): void {
  const fits = kind === 'amount' ? value > 0 : kind === 'percent' ? value >= 1 && value <= 100 : value === 0
  if (!fits)
    throw new Problem(400, 'coupon_value', `This is no value of a coupon of the kind ${kind}`, {
      path: 'value',
      action:
        kind === 'percent'
          ? 'Give 1 to 100.'
          : kind === 'amount'
            ? 'Give an amount above 0.'
            : 'Leave it at 0: this kind has no value.',
    })
}

const settingsOf = (workspace: WorkspaceRow): PointsSettings => ({
  ...DEFAULT_POINTS,
  ...(workspace.settings.points as Partial<PointsSettings> | undefined),
})

type Commands = 'giveCoupon' | 'redeemCoupon' | 'movePoints'

/** What the customer's owner answered. @throws Problem what it refused, or 503 while it is not decided */
async function command<T>(
  { core, workspace, caller, idempotencyKey }: Call<Commands>,
  customer: Uuid,
  what: CommandBody['command'],
): Promise<T> {
  const answer = await runCommand(core, {
    workspace: workspace.id,
    customer,
    key: idempotencyKey,
    actor: actorOf(caller),
    command: what,
  })
  if (answer.status === 200) return answer.body as T
  const { code, title, action, path } = answer.body as Refused
  const pending = answer.status === 202
  throw new Problem(pending ? 503 : answer.status, code, title, {
    action,
    ...(path === undefined ? {} : { path }),
    ...(pending ? { retryAfterS: 1 } : {}),
  })
}
type Refused = { code: string; title: string; action: string; path?: string }

export const membershipRoutes = {
  async coupons({ core, workspace }) {
    const [rows, counts] = await Promise.all([
      listCoupons(core.pool, workspace.id),
      couponCounts(core.pool, workspace.id),
    ])
    return { items: rows.map(r => present(r, counts.get(r.id))) }
  },

  async createCoupon({ core, workspace, body: { key, ...terms } }) {
    demandValue(terms)
    return present(await createCoupon(core, workspace.id, key, terms))
  },

  async saveCoupon({ core, workspace, params, body: { archived, version, ...terms } }) {
    demandValue(terms)
    const id = idOr404('cpn', params.coupon)
    const saved = await saveCoupon(core, workspace.id, id, terms, archived, version)
    return present(saved, (await couponCounts(core.pool, workspace.id)).get(id))
  },

  pointsSettings: async ({ workspace }) => ({ settings: settingsOf(workspace), version: workspace.version }),

  async savePointsSettings({ core, workspace, body: { settings, version } }) {
    return { settings, version: await savePoints(core, workspace.id, settings, version) }
  },

  async customerRights({ core, workspace, params }) {
    const { state } = await customerOr404(core.pool, workspace.id, params.customer)
    const entries = await ledgerOf(core.pool, workspace.id, [state.id, ...state.absorbed], MOST_ENTRIES)
    const iso = (ms: number) => new Date(ms).toISOString()
    return {
      coupons: Object.entries(state.coupons ?? {})
        .map(([code, held]) => ({
          code,
          coupon: held.kind,
          status: held.gone ? ('gone' as const) : held.took ? ('claimed' as const) : ('open' as const),
          since: iso(held.at),
          expiresAt: held.ends === undefined ? null : iso(held.ends),
        }))
        .sort((a, b) => (a.since < b.since ? 1 : -1)),
      points: {
        balance: balanceOf(state.pts),
        ending: (state.pts?.lots ?? []).map(([amount, ends]) => ({
          amount,
          at: ends === 0 ? null : iso(ends),
        })),
      },
      entries: entries.map(e => ({ ...e, at: e.at.toISOString() })),
    }
  },

  async giveCoupon(call) {
    const { core, workspace, params, body } = call
    const { id } = await customerOr404(core.pool, workspace.id, params.customer)
    const pool = await poolOf(core.pool, workspace.id, body.coupon)
    if (pool !== null && !(await takePlace(core.pool, workspace.id, pool)))
      throw new Problem(409, 'coupons_all_given', 'All of these coupons are given', {
        path: 'coupon',
        action: 'Give another one, or raise its limit.',
      })
    const give = () =>
      command<{ code: string; issued: boolean }>(call, id, {
        do: body.claimed ? 'claim_coupon' : 'issue_coupon',
        coupon: body.coupon,
      })
    const back = async () => pool && giveBack(core.pool, workspace.id, pool)
    const { code, issued } = await give().catch(async (error: unknown) => {
      // not decided yet: it may still be given
      if (!(error instanceof Problem && error.status === 503)) await back()
      throw error
    })
    if (!issued) await back()
    return { code }
  },

  async redeemCoupon(call) {
    const { core, workspace, body } = call
    const code = readCode(body.code)
    const holder = await holderOf(core.pool, workspace.id, code)
    if (holder === null)
      throw new Problem(404, 'coupon_not_held', 'Nobody holds a coupon with this code', {
        path: 'code',
        action: 'Check the code: it has twelve letters and digits, without 0, O, 1 and I.',
      })
    const { id } = await customerOr404(core.pool, workspace.id, publicId('cus', holder))
    return command(call, id, { do: 'redeem_coupon', code, ref: body.ref ?? null, place: body.place })
  },

  async movePoints(call) {
    const { core, workspace, params, body } = call
    const { id } = await customerOr404(core.pool, workspace.id, params.customer)
    const { amount, reason, ref, validDays } = body
    return command(call, id, {
      do: 'points',
      amount,
      reason,
      ref: ref ?? null,
      ...(validDays === undefined ? {} : { validDays }),
    })
  },
} satisfies Handlers
