// The stand-in mail server, on loopback only: user is the workspace's id, the password the one in its account. It
// keeps every mail with its headers. Its port is kept in `system`, so that accounts find it after a restart.
import type { AddressInfo } from 'node:net'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { SMTP_PORT_KEY } from '../../channels/accounts.ts'
import { isStandInSecret } from '../../channels/stand-in.ts'
import type { Core } from '../../platform/core.ts'
import { must, Problem } from '../../platform/errors.ts'
import { newId, type Uuid } from '../../platform/ids.ts'
import { putMessage, sandboxNow, takeStandInFault, type MailToCustomer } from '../stand-in.ts'
import { keepMail } from './mail.ts'
import type { SandboxAct, StandIn } from './model.ts'

const SIZE_LIMIT_BYTES = 5 * 1024 * 1024
const HOST = '127.0.0.1'

/** An error that smtp-server answers with this code. */
const reply = (code: number, text: string) => Object.assign(new Error(text), { responseCode: code })

export async function startStandInSmtp(core: Core): Promise<{ port: number; stop(): Promise<void> }> {
  const server = openServer(core)
  const { rows } = await core.pool.query<{ value: string }>('select value from system where key = $1', [
    SMTP_PORT_KEY,
  ])
  const wanted = Number(rows[0]?.value ?? 0)
  const port = await listen(server, wanted).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error
    return listen(server, 0)
  })
  if (port !== wanted)
    await core.pool.query(
      'insert into system (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
      [SMTP_PORT_KEY, String(port)],
    )
  return {
    port,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const c of server.connections) c.close()
      }),
  }
}

function listen(server: SMTPServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(error)
    server.server.once('error', failed)
    server.server.listen(port, HOST, () => {
      server.server.removeListener('error', failed)
      resolve((server.server.address() as AddressInfo).port)
    })
  })
}

function openServer(core: Core): SMTPServer {
  const run = (work: () => Promise<void>, done: (error?: Error | null) => void) => {
    work().then(
      () => done(),
      (error: Error & { responseCode?: number }) => {
        if (error.responseCode === undefined)
          core.log.error({ error: error.message.slice(0, 200) }, 'stand-in: SMTP failed')
        done(error.responseCode === undefined ? reply(451, 'try again later') : error)
      },
    )
  }
  const server = new SMTPServer({
    banner: 'Itinera sandbox',
    disabledCommands: ['STARTTLS'],
    authOptional: false,
    allowInsecureAuth: true,
    size: SIZE_LIMIT_BYTES,
    closeTimeout: 500,
    logger: false,
    onAuth(auth, _session, done) {
      const workspace = auth.username ?? ''
      if (!isStandInSecret(core, workspace, 'smtp', auth.password ?? ''))
        return done(reply(535, 'Invalid user name or password'))
      done(null, { user: workspace })
    },
    onRcptTo(address, session, done) {
      run(async () => {
        const fault = await takeStandInFault(core.pool, String(session.user), 'smtp')
        if (fault === 'smtp_5xx_rcpt' || fault === 'bad_recipient') throw reply(550, '5.1.1 No such mailbox')
        if (fault === 'smtp_4xx') throw reply(451, '4.7.1 Greylisted, try again later')
        if (fault === 'smtp_auth') throw reply(530, '5.7.0 Authentication required')
        if (!address.address.includes('@')) throw reply(553, '5.1.3 This is not an address')
        if (fault) (session as { fault?: string }).fault = fault
      }, done)
    },
    onData(stream, session, done) {
      run(async () => {
        const mail = await simpleParser(stream, { skipImageLinks: true })
        const fault = (session as { fault?: string }).fault
        if (fault === 'hang') return new Promise(() => {})
        const workspace = String(session.user)
        for (const to of session.envelope.rcptTo) await keepMail(core, workspace, to.address, mail)
        // taken, and the client never hears of it
        if (fault === 'accept_then_drop') return new Promise(() => {})
      }, done)
    },
  })
  server.on('error', error =>
    core.log.debug({ error: error.message.slice(0, 200) }, 'stand-in: an SMTP connection broke'),
  )
  return server
}

/** Mail programs unsubscribe by RFC 8058: one POST to the List-Unsubscribe address. */
async function actOnMail(core: Core, workspace: Uuid, act: SandboxAct): Promise<void> {
  if (act.act !== 'unsubscribe')
    throw new Problem(400, 'invalid', 'A mailbox can only unsubscribe', {
      path: 'act',
      action: 'Use unsubscribe with the id of a mail.',
    })
  const { rows } = await core.pool.query<{ payload: MailToCustomer }>(
    `select payload from sandbox_message where workspace_id = $1 and channel = 'email' and address = $2 and direction = 'to_customer'
        and ($3::uuid is null or id = $3) order by at desc limit 1`,
    [workspace, act.address, act.message ?? null],
  )
  const mail = rows[0]?.payload
  if (!mail)
    throw new Problem(404, 'no_mail', 'There is no such mail', {
      path: 'message',
      action: 'Choose a mail of this inbox.',
    })
  const url = /<(https?:[^>]+)>/.exec(mail.headers['list-unsubscribe'] ?? '')?.[1]
  if (!url)
    throw new Problem(409, 'no_unsubscribe', 'This mail has no one-click unsubscribe', {
      action: 'Transactional mails have none.',
    })
  must(url.startsWith(core.baseUrl + '/'), 'a sandbox mail unsubscribes at our own address')
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
    redirect: 'error',
  })
  if (!answer.ok)
    throw new Problem(502, 'unsubscribe_failed', 'The unsubscribe link did not answer well', {
      action: 'Try again.',
    })
  const at = await sandboxNow(core.pool, workspace)
  await putMessage(core.pool, {
    workspace,
    id: newId(at),
    channel: 'email',
    address: act.address,
    direction: 'from_customer',
    retryKey: null,
    payload: { type: 'unsubscribe', message: mail.messageId },
    at,
  })
}

export const smtpStandIn: StandIn = { adapter: 'smtp', channel: 'email', act: actOnMail }
