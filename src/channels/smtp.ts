// Kept SMTP connections, one mail at a time each. How far a mail got is known at every moment, because what a lost
// connection means depends on it: before DATA nothing was sent, after it the mail may have been.
import { isIP } from 'node:net'
import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { faultPoint } from '../platform/fault.ts'
import { FORBIDDEN_TEXT, ForbiddenAddress, safeAddress } from './outgoing.ts'

export type SmtpServer = {
  host: string
  port: number
  /** tls: from the start; starttls: demanded before the password is told; none: in the open */
  security: 'tls' | 'starttls' | 'none'
  user: string
  password: string
  trusted: boolean
}
export type SmtpStage = 'connect' | 'login' | 'envelope' | 'data'
/** A mail that was not taken. `code`: the server's reply, 0 when there was none. */
export class SmtpFailure extends Error {
  override name = 'SmtpFailure'
  readonly stage: SmtpStage
  readonly code: number
  /** the reply was to the recipient */
  readonly recipient: boolean
  constructor(stage: SmtpStage, code: number, recipient: boolean, message: string) {
    super(message)
    this.stage = stage
    this.code = code
    this.recipient = recipient
  }
}

type Kept = { connection: SMTPConnection; since: number; dead: boolean }
const IDLE_MS = 20_000
const idle = new Map<string, Kept[]>()

type SmtpError = Error & { responseCode?: number; response?: string; command?: string; code?: string }
/** A server without the TLS that the account demands is a fault of the account, like a wrong password. */
const failure = (stage: SmtpStage, error: SmtpError): SmtpFailure =>
  new SmtpFailure(
    error.code === 'ETLS' ? 'login' : stage,
    error.code === 'ETLS' ? 0 : (error.responseCode ?? 0),
    /^RCPT/.test(error.command ?? ''),
    (error.response ?? error.message).slice(0, 300),
  )

const keyOf = (s: SmtpServer) => [s.host, s.port, s.security, s.user, s.password].join('\n')

async function connect(server: SmtpServer, signal: AbortSignal): Promise<Kept> {
  let host: string
  try {
    host = await safeAddress(server.host, server.trusted)
  } catch (error) {
    const forbidden = error instanceof ForbiddenAddress
    throw new SmtpFailure(
      forbidden ? 'login' : 'connect',
      0,
      false,
      forbidden ? FORBIDDEN_TEXT : (error as Error).message,
    )
  }
  const connection = new SMTPConnection({
    host,
    port: server.port,
    secure: server.security === 'tls',
    ...(isIP(server.host) ? {} : { servername: server.host }),
    ...(server.security === 'starttls' ? { requireTLS: true } : {}),
    ...(server.security === 'none' ? { ignoreTLS: true } : {}),
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 60_000,
    logger: false,
  })
  const kept: Kept = { connection, since: Date.now(), dead: false }
  // also an answer to nothing that is under way: an 'error' nobody hears would end the process
  for (const event of ['end', 'error'] as const) connection.on(event, () => (kept.dead = true))
  await step('connect', kept, signal, done => connection.connect(done))
  if (server.user || server.password)
    await step('login', kept, signal, done =>
      connection.login({ user: server.user, pass: server.password }, done),
    )
  return kept
}

/** One exchange; ends with the connection closed when it fails. */
function step<T>(
  stage: SmtpStage,
  kept: Kept,
  signal: AbortSignal,
  run: (done: (error?: Error | null, value?: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      cleanUp()
      kept.dead = true
      kept.connection.close()
      reject(error instanceof SmtpFailure ? error : failure(stage, error))
    }
    const aborted = () => fail(new SmtpFailure(stage, 0, false, 'timeout'))
    const ended = () => fail(new SmtpFailure(stage, 0, false, 'the connection was closed'))
    const cleanUp = () => {
      signal.removeEventListener('abort', aborted)
      kept.connection.removeListener('error', fail)
      kept.connection.removeListener('end', ended)
    }
    if (signal.aborted) return aborted()
    signal.addEventListener('abort', aborted)
    kept.connection.on('error', fail)
    kept.connection.on('end', ended)
    run((error, value) => {
      if (error) return fail(error)
      cleanUp()
      resolve(value as T)
    })
  })
}

function takeIdle(key: string): Kept | null {
  const list = idle.get(key) ?? []
  for (;;) {
    const kept = list.pop()
    if (!kept) return null
    if (!kept.dead && Date.now() - kept.since < IDLE_MS) return kept
    kept.connection.close()
  }
}

/** Hands over one mail; resolves with the server's last reply. @throws SmtpFailure */
export async function sendMail(
  server: SmtpServer,
  envelope: { from: string; to: string },
  raw: Buffer,
  signal: AbortSignal,
): Promise<string> {
  const key = keyOf(server)
  for (let kept = takeIdle(key); ; kept = null) {
    const reused = kept !== null
    kept ??= await connect(server, signal)
    let stage: SmtpStage = 'envelope'
    const body = new Readable({
      // asked for bytes: the server has answered DATA, from here on the mail may arrive
      read() {
        stage = 'data'
        this.push(raw)
        this.push(null)
      },
    })
    body.on('end', () => setImmediate(() => faultPoint('deliver.after_socket_write')))
    try {
      const { connection } = kept
      const reply = await step<{ response?: string }>('envelope', kept, signal, done =>
        connection.send(envelope, body, done),
      )
      kept.since = Date.now()
      idle.set(key, [...(idle.get(key) ?? []), kept])
      return reply?.response ?? ''
    } catch (error) {
      if (!(error instanceof SmtpFailure)) throw error
      // a kept connection that the server had closed meanwhile: nothing was sent, a new one is tried
      if (reused && stage === 'envelope' && error.code === 0 && !signal.aborted) continue
      throw new SmtpFailure(stage, error.code, error.recipient, error.message)
    }
  }
}

export async function closeIdle(): Promise<void> {
  for (const list of idle.values()) for (const kept of list) kept.connection.close()
  idle.clear()
}
