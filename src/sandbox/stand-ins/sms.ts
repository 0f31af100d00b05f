// The stand-ins of the three SMS providers: each speaks its provider's own wire format, checks what it checks, keeps what
// arrived and tells what became of it. A phone that answers is heard by Twilio and EVERY8D.
import { type Context, Hono } from 'hono'
import { hookUrlOf } from '../../channels/accounts.ts'
import { signForm } from '../../channels/adapters/twilio.ts'
import { isStandInSecret } from '../../channels/stand-in.ts'
import { asTaipeiTime } from '../../channels/sms-taiwan.ts'
import { cleanPhone } from '../../customers/contacts.ts'
import type { Core } from '../../platform/core.ts'
import { Problem } from '../../platform/errors.ts'
import type { Uuid } from '../../platform/ids.ts'
import { accountAt, type Hook, type SmsToCustomer, takeStandInFault, type StandInFault } from '../stand-in.ts'
import type { SandboxAct, StandIn } from './model.ts'
import { findObject } from './objects.ts'
import { hang } from './hang.ts'
import { hookPath, keepFromCustomer, keepMessage, postReceipts } from './wire.ts'

/** Nobody's: Twilio's own test number for one that is not valid. */
export const NOBODY = '+15005550001'

const formOf = async (c: Context) => new URLSearchParams(await c.req.text())
const uuidOf = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
/** 34 characters, as Twilio's ids are. */
const sidOf = (prefix: string, id: Uuid) => prefix + id.replaceAll('-', '')

const keepSms = (
  core: Core,
  workspace: Uuid,
  address: string,
  payload: SmsToCustomer,
  retryKey: string | null,
) => keepMessage(core, { workspace, channel: 'sms', address, retryKey, payload })

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

// --- Twilio

const twilioError = (c: Context, status: 400 | 401 | 429 | 500, code: number, message: string) =>
  c.json({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }, status)

function twilioApp(core: Core): Hono {
  const app = new Hono()
  app.post('/2010-04-01/Accounts/:sid/Messages.json', async c => {
    const sid = c.req.param('sid')
    const workspace = uuidOf(sid.replace(/^AC/, ''))
    const login = Buffer.from(
      (c.req.header('authorization') ?? '').replace(/^Basic /, ''),
      'base64',
    ).toString()
    const [user = '', token = ''] = login.split(':')
    if (user !== sid || !isStandInSecret(core, workspace, 'twilio', token))
      return twilioError(c, 401, 20003, 'Authenticate')
    const fault = await takeStandInFault(core.pool, workspace, 'twilio')
    switch (fault) {
      case 'error_401':
        return twilioError(c, 401, 20003, 'Authenticate')
      case 'error_429':
        c.header('retry-after', '2')
        return twilioError(c, 429, 20429, 'Too many requests')
      case 'error_500':
        return twilioError(c, 500, 20500, 'An internal server error has occurred')
      case 'bad_recipient':
        return twilioError(c, 400, 21614, "'To' number is not a valid mobile number")
      case 'hang':
        return hang()
    }
    const form = await formOf(c)
    const to = cleanPhone(form.get('To') ?? '')
    const body = form.get('Body') ?? ''
    const from = form.get('From') ?? form.get('MessagingServiceSid') ?? ''
    if (to === null || to === NOBODY)
      return twilioError(c, 400, 21211, "The 'To' number is not a valid phone number.")
    if (!from) return twilioError(c, 400, 21603, "A 'From' phone number is required.")
    if (!body) return twilioError(c, 400, 21602, 'Message body is required.')
    if (body.length > 1_600)
      return twilioError(c, 400, 21617, 'The concatenated message body exceeds the 1600 character limit')
    const { id } = await keepSms(core, workspace, to, { text: body, from, adapter: 'twilio' }, null)
    const url = hookPath(core, form.get('StatusCallback') ?? '')
    if (url !== null) {
      const hooks = ['sent', 'delivered'].map((status): Hook => {
        const said = new URLSearchParams({
          MessageSid: sidOf('SM', id),
          MessageStatus: status,
          AccountSid: sid,
          From: from,
          To: to,
          ApiVersion: '2010-04-01',
        })
        return signed(core, workspace, token, url, said)
      })
      await postReceipts(core, hooks, fault)
    }
    if (fault === 'accept_then_drop') return hang()
    return c.json(
      { sid: sidOf('SM', id), account_sid: sid, status: 'queued', to, from, body, error_code: null },
      201,
    )
  })
  app.get('/2010-04-01/Accounts/:sid{.+\\.json}', c => {
    const sid = c.req.param('sid').replace(/\.json$/, '')
    const login = Buffer.from(
      (c.req.header('authorization') ?? '').replace(/^Basic /, ''),
      'base64',
    ).toString()
    const [user = '', token = ''] = login.split(':')
    return user === sid && isStandInSecret(core, uuidOf(sid.replace(/^AC/, '')), 'twilio', token)
      ? c.json({ sid, status: 'active', type: 'Trial' })
      : twilioError(c, 401, 20003, 'Authenticate')
  })
  return app
}

function signed(core: Core, workspace: Uuid, token: string, url: string, said: URLSearchParams): Hook {
  return {
    workspace,
    method: 'POST',
    url,
    body: said.toString(),
    headers: { ...FORM, 'x-twilio-signature': signForm(token, core.baseUrl + url, said).toString('base64') },
  }
}

/** A phone is what an SMS channel has: it can be made known, and it can write. */
async function kept(
  core: Core,
  workspace: Uuid,
  act: SandboxAct,
): Promise<{ id: Uuid; at: number; text: string } | null> {
  const address = cleanPhone(act.address)
  if (address === null)
    throw new Problem(400, 'invalid', 'This is not a phone number', {
      path: 'address',
      action: 'Give a number such as +886912345678.',
    })
  if (act.act === 'follow') {
    await keepFromCustomer(core, {
      workspace,
      channel: 'sms',
      address,
      name: act.name,
      payload: { type: 'follow' },
    })
    return null
  }
  if (act.act !== 'text' || !act.text)
    throw new Problem(400, 'invalid', 'A phone can only write an SMS', {
      path: 'act',
      action: 'Use text with what is written.',
    })
  const text = act.text.slice(0, 1_600)
  return {
    ...(await keepFromCustomer(core, {
      workspace,
      channel: 'sms',
      address,
      payload: { type: 'text', text },
    })),
    text,
  }
}

async function actAtTwilio(core: Core, workspace: Uuid, act: SandboxAct): Promise<void> {
  const account = await accountAt(core, workspace, twilioStandIn, act.account)
  const said = await kept(core, workspace, act)
  if (!said) return
  const url = hookPath(core, hookUrlOf(core, account))!
  const form = new URLSearchParams({
    MessageSid: sidOf('SM', said.id),
    AccountSid: account.settings.accountSid ?? '',
    From: act.address,
    To: account.settings.fromNumber ?? '',
    Body: said.text,
    NumMedia: '0',
  })
  await postReceipts(core, [signed(core, workspace, account.secrets.authToken ?? '', url, form)])
}

export const twilioStandIn: StandIn = { adapter: 'twilio', channel: 'sms', app: twilioApp, act: actAtTwilio }

// --- Mitake

const MITAKE_FAULTS: Partial<Record<StandInFault['kind'], string>> = {
  error_401: 'e',
  error_429: 'l',
  bad_recipient: 'v',
}

/** As SmQuery says it: id, state, when. `mitake_state` of a message: what a test says became of it; else it is on the phone. */
async function stateLine(core: Core, workspace: Uuid, msgid: string): Promise<string | null> {
  const { rows } = await core.pool.query<{ at: Date }>(
    `select at from sandbox_message where workspace_id = $1 and channel = 'sms' and direction = 'to_customer'
        and right(replace(id::text, '-', ''), 10) = $2 limit 1`,
    [workspace, msgid],
  )
  if (!rows[0]) return null
  const told = await findObject<{ code: string }>(core.pool, workspace, 'mitake_state', msgid)
  return [msgid, told?.body.code ?? '4', asTaipeiTime(rows[0].at.getTime())].join('\t')
}

function mitakeApp(core: Core): Hono {
  const app = new Hono()
  const refuse = (c: Context, statuscode: string) => c.text(`[1]\r\nstatuscode=${statuscode}\r\n`)
  app.post('/api/mtk/SmSend', async c => {
    const form = await formOf(c)
    const workspace = form.get('username') ?? ''
    if (!isStandInSecret(core, workspace, 'mitake', form.get('password') ?? '')) return refuse(c, 'e')
    const fault = await takeStandInFault(core.pool, workspace, 'mitake')
    const told = fault && MITAKE_FAULTS[fault]
    if (told) return refuse(c, told)
    if (fault === 'error_500') return c.text('Internal Server Error', 500)
    if (fault === 'hang') return hang()
    if (!/^utf-?8$/i.test(c.req.query('CharsetURL') ?? '')) return refuse(c, 'y')
    const to = cleanPhone(form.get('dstaddr') ?? '')
    const text = (form.get('smbody') ?? '').replaceAll('\u0006', '\n')
    if (to === null || to === NOBODY) return refuse(c, 'v')
    if (text === '') return refuse(c, 'u')
    const { id, fresh } = await keepSms(
      core,
      workspace,
      to,
      { text, from: 'Mitake', adapter: 'mitake' },
      form.get('clientid'),
    )
    const msgid = id.replaceAll('-', '').slice(-10)
    const path = hookPath(core, form.get('response') ?? '')
    if (fresh && path !== null) {
      const donetime = asTaipeiTime(Date.now())
      const said = new URLSearchParams({
        msgid,
        dstaddr: form.get('dstaddr') ?? '',
        dlvtime: donetime,
        donetime,
        statusstr: 'DELIVRD',
        statuscode: '0',
        StatusFlag: '4',
      })
      const url = `${path}${path.includes('?') ? '&' : '?'}${said}`
      await postReceipts(core, [{ workspace, method: 'GET', url, body: '', headers: {} }], fault)
    }
    if (fault === 'accept_then_drop') return hang()
    return c.text(
      [
        '[1]',
        `msgid=#${msgid}`,
        'statuscode=1',
        'AccountPoint=98',
        ...(fresh ? [] : ['Duplicate=Y']),
        '',
      ].join('\r\n'),
    )
  })
  app.post('/api/mtk/SmQuery', async c => {
    const form = await formOf(c)
    const workspace = form.get('username') ?? ''
    if (!isStandInSecret(core, workspace, 'mitake', form.get('password') ?? '')) return refuse(c, 'e')
    const asked = (form.get('msgid') ?? '').split(',').filter(id => id !== '')
    if (asked.length === 0) return c.text('AccountPoint=98\r\n')
    const lines = await Promise.all(asked.map(id => stateLine(core, workspace, id)))
    return c.text(lines.flatMap(line => line ?? []).join('\r\n'))
  })
  return app
}

export const mitakeStandIn: StandIn = { adapter: 'mitake', channel: 'sms', app: mitakeApp }

// --- EVERY8D

function every8dApp(core: Core): Hono {
  const app = new Hono()
  app.post('/API21/HTTP/sendSMS.ashx', async c => {
    const form = await formOf(c)
    const workspace = form.get('UID') ?? ''
    if (!isStandInSecret(core, workspace, 'every8d', form.get('PWD') ?? ''))
      return c.text('-2,帳號或密碼錯誤')
    const fault = await takeStandInFault(core.pool, workspace, 'every8d')
    switch (fault) {
      case 'error_401':
        return c.text('-2,帳號或密碼錯誤')
      case 'error_429':
        return c.text('Too Many Requests', 429, { 'retry-after': '2' })
      case 'error_500':
        return c.text('Internal Server Error', 500)
      case 'bad_recipient':
        return c.text('-8,手機號碼格式不符')
      case 'hang':
        return hang()
    }
    const to = cleanPhone(form.get('DEST') ?? '')
    const text = form.get('MSG') ?? ''
    if (to === null || to === NOBODY) return c.text('-8,手機號碼格式不符')
    if (text === '') return c.text('-1,參數錯誤')
    const { id } = await keepSms(core, workspace, to, { text, from: 'EVERY8D', adapter: 'every8d' }, null)
    await postReceipts(
      core,
      [await every8dHook(core, workspace, { id, to, status: '100', at: Date.now() })],
      fault,
    )
    if (fault === 'accept_then_drop') return hang()
    return c.text(`98,1,1,0,${id}`)
  })
  app.post('/API21/HTTP/getCredit.ashx', async c => {
    const form = await formOf(c)
    return c.text(
      isStandInSecret(core, form.get('UID') ?? '', 'every8d', form.get('PWD') ?? '')
        ? '98'
        : '-2,帳號或密碼錯誤',
    )
  })
  return app
}

async function every8dHook(
  core: Core,
  workspace: Uuid,
  said: { id: Uuid; to: string; status: string; at: number; text?: string; account?: Uuid },
): Promise<Hook> {
  const account = await accountAt(core, workspace, every8dStandIn, said.account)
  const query = new URLSearchParams({
    BatchID: said.id,
    RM: said.to,
    RT: asTaipeiTime(said.at),
    STATUS: said.status,
    ...(said.text === undefined ? {} : { SM: said.text }),
  })
  return {
    workspace,
    method: 'GET',
    url: `${hookPath(core, hookUrlOf(core, account))}&${query}`,
    body: '',
    headers: {},
  }
}

async function actAtEvery8d(core: Core, workspace: Uuid, act: SandboxAct): Promise<void> {
  const said = await kept(core, workspace, act)
  if (!said) return
  const told = { ...said, to: act.address, status: '999', ...(act.account ? { account: act.account } : {}) }
  await postReceipts(core, [await every8dHook(core, workspace, told)])
}

export const every8dStandIn: StandIn = {
  adapter: 'every8d',
  channel: 'sms',
  app: every8dApp,
  act: actAtEvery8d,
}
