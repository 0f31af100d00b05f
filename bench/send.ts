// How fast the deliverer writes to providers: LINE messages of one content, by one request for many where the adapter has that
// and each alone, at the 2,000/s that LINE takes and without that limit; e-mail over SMTP. The people and intents are put into the tables as a fold would have written them; the
// providers are servers in the bench's process. Every message must arrive, and once.
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { packState } from '../src/customers/pack.ts'
import { emptyState } from '../src/customers/reduce.ts'
import type { MessageContent } from '../src/channels/content.ts'
import type { Intent } from '../src/messages/model.ts'
import { bucketOf, deriveId, newId } from '../src/platform/ids.ts'
import { cpuBetween, until, usage } from './machine.ts'
import { api, newSpace, type Product, type Space, startProduct } from './product.ts'
import { n, type Report } from './report.ts'
import { closeSink, connectSink, lineUid, openSink } from './sink.ts'

const CHUNK = 2_000
const LIMIT_MS = 600_000

type Kind = {
  label: string
  people: number
  content: (i: number) => MessageContent
  aim?: string
  ratePerSecond?: number
}

export async function send(options: { people: number }): Promise<Report> {
  const mails = Math.max(100, Math.round(options.people / 20))
  const alone = Math.max(200, Math.round(options.people / 5))
  const text = (message: string): MessageContent => ({
    channel: 'line',
    messages: [{ type: 'text', text: message }],
  })
  const kinds: Kind[] = [
    {
      label: 'LINE, one content',
      people: options.people,
      content: () => text('週年慶開跑'),
      aim: '100,000 in 30 s',
    },
    { label: 'LINE, each its own', people: alone, content: i => text(`您好 ${i}`), aim: '2,000/s' },
    {
      label: 'LINE, each its own, no limit',
      people: alone,
      content: i => text(`您好 ${i}`),
      ratePerSecond: 50_000,
    },
    {
      label: 'e-mail by SMTP',
      people: mails,
      content: i => ({ channel: 'email', subject: `您好 ${i}`, html: '<p>週年慶開跑</p>' }),
      aim: '300/s',
    },
  ]
  const sink = await openSink()
  let mailsTaken = 0
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    maxClients: 500,
    onData(stream, _session, done) {
      stream.resume()
      stream.on('end', () => {
        mailsTaken++
        done()
      })
    },
  })
  await new Promise<void>(resolve => smtp.listen(0, '127.0.0.1', resolve))
  const product = await startProduct()
  try {
    const space = await newSpace(product)
    await api(product, space, 'PUT', '/channels/email', {
      adapter: 'smtp',
      name: 'Sink',
      settings: {
        host: '127.0.0.1',
        port: String((smtp.server.address() as AddressInfo).port),
        secure: 'none',
        from: 'bench@example.com',
      },
    })
    const people = Array.from({ length: Math.max(...kinds.map(k => k.people)) }, () => newId())
    await putPeople(product, space, people)
    const figures: Report['figures'] = []
    const notes: string[] = []
    let right = true
    for (const kind of kinds) {
      await connectSink(product, space, sink, kind.ratePerSecond)
      await putIntents(product, space, people.slice(0, kind.people), kind)
      const before = usage(product.pid)
      const [pushes, mailed] = [sink.pushes, mailsTaken]
      const began = performance.now()
      await product.core.pool.query(`update message set send_after = now() where state = 'intended'`)
      product.core.signals.emit('message', '')
      const open = await until(
        kind.label,
        LIMIT_MS,
        100,
        async () => {
          const { rows } = await product.core.pool.query<{ n: number }>(
            `select count(*)::int as n from message where state in ('intended', 'claimed', 'sending')`,
          )
          return rows[0]!.n
        },
        left => left === 0,
      )
      const seconds = (performance.now() - began) / 1_000
      const { rows } = await product.core.pool.query<{ state: string; n: number }>(
        `select state, count(*)::int as n from message where node = $1 group by state`,
        [kind.label],
      )
      const accepted = rows.find(r => r.state === 'accepted')?.n ?? 0
      right &&= open === 0 && accepted === kind.people
      figures.push({
        what: `${kind.label} (${n(kind.people)})`,
        value: `${n(kind.people / seconds)}/s, ${seconds.toFixed(1)} s`,
        ...(kind.aim === undefined ? {} : { aim: kind.aim }),
      })
      const asked = sink.pushes - pushes + (mailsTaken - mailed)
      notes.push(
        `${kind.label}: ${n(asked)} requests, ends ${rows.map(r => `${r.state} ${n(r.n)}`).join(', ')}, CPU ${cpuBetween(before, usage(product.pid))}`,
      )
    }
    return { bench: 'send', size: `${n(options.people)} people`, figures, right, notes }
  } finally {
    await product.stop()
    closeSink(sink)
    await new Promise<void>(resolve => smtp.close(() => resolve()))
  }
}

async function putPeople(product: Product, space: Space, people: string[]): Promise<void> {
  const at = Date.now()
  for (let from = 0; from < people.length; from += CHUNK) {
    const some = people.slice(from, from + CHUNK)
    const states = some.map((id, k) => {
      const state = emptyState({ workspace: space.id, id }, at)
      state.line = { following: true, at }
      state.consent['email/marketing'] = { on: true, at, src: 'bench' }
      state.ids.push({ kind: 'line_uid', value: lineUid(from + k), verified: true, at, src: 'bench' })
      state.ids.push({ kind: 'email', value: `p${from + k}@example.com`, verified: true, at, src: 'bench' })
      return packState(state)
    })
    await product.core.pool.query(
      `insert into customer (bucket, id, workspace_id, state, version)
       select bucket, id, $4, state, 1 from unnest($1::smallint[], $2::uuid[], $3::text[]) u(bucket, id, state)`,
      [some.map(bucketOf), some, states, space.id],
    )
  }
}

/** Held until all are there. */
async function putIntents(product: Product, space: Space, people: string[], kind: Kind): Promise<void> {
  const journey = newId()
  const at = Date.now()
  for (let from = 0; from < people.length; from += CHUNK) {
    const intents = people.slice(from, from + CHUNK).map((customer, k): Intent => {
      const content = kind.content(from + k)
      return {
        id: deriveId(bucketOf(customer), customer, kind.label, 1),
        customer,
        channel: content.channel,
        purpose: 'marketing',
        content,
        journey,
        journeyVersion: 1,
        enrollment: newId(at, bucketOf(customer)),
        node: kind.label,
        occurrence: 1,
        notBefore: at,
        notAfter: null,
        quiet: null,
        at,
        event: null,
      }
    })
    await product.core.pool.query(
      `insert into message (bucket, id, workspace_id, customer_id, journey_id, journey_version, enrollment_id, node, occurrence, channel, state, send_after, body, created, changed)
       select bucket, id, $5, customer, $6, 1, $6, $7, 1, $8, 'intended', now() + interval '1 day', body, now(), now()
         from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::text[]) u(bucket, id, customer, body)`,
      [
        intents.map(i => bucketOf(i.id)),
        intents.map(i => i.id),
        intents.map(i => i.customer),
        intents.map(i => JSON.stringify(i)),
        space.id,
        journey,
        kind.label,
        kind.content(0).channel,
      ],
    )
  }
}
