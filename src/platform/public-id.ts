// Public ids as they come in paths and bodies: known by their prefix, or a clear 404.
import { Problem } from './errors.ts'
import { parseId, type IdPrefix, type Uuid } from './ids.ts'

const WHAT: Record<IdPrefix, string> = {
  era: 'erasure',
  wsp: 'workspace',
  cus: 'customer',
  jrn: 'journey',
  msg: 'message',
  key: 'key',
  usr: 'user',
  enr: 'enrollment',
  chn: 'channel',
  evt: 'event',
  cfl: 'conflict',
  sto: 'store',
  stf: 'staff',
  prd: 'product',
  pic: 'picture',
  src: 'source',
  dea: 'dead_letter',
  rpl: 'replay',
  imp: 'import',
  seg: 'segment',
  job: 'job',
  ntc: 'notice',
  cpn: 'coupon',
  cmp: 'campaign',
  brd: 'broadcast',
  apr: 'approval',
  kpi: 'kpi',
  qrp: 'quick_reply',
  lrm: 'rich_menu',
  crq: 'consent_request',
  mod: 'module',
  whk: 'webhook',
  aud: 'audience',
  frq: 'frequency_rule',
  prc: 'price',
}

/** Problem 404 `<what>_not_found`; the same for what does not exist and what is another workspace's. */
export function notFound(prefix: IdPrefix, path?: string): Problem {
  const what = WHAT[prefix]
  return new Problem(404, what + '_not_found', `There is no such ${what} in this workspace`, {
    action: 'Check the id; it may belong to another workspace.',
    path,
  })
}

/** The UUID of a public id.
 *  @throws Problem 404 when the text is no id of this kind */
export function idOr404(prefix: IdPrefix, text: string | undefined, path?: string): Uuid {
  const id = parseId(prefix, text ?? '')
  if (!id) throw notFound(prefix, path)
  return id
}
