// Every adapter, by name. A new one is its own file and one line here. The first of a channel is the one that a new account
// gets when nothing else is said.
import type { Adapter } from './adapter.ts'
import { every8d } from './adapters/every8d.ts'
import { fcm } from './adapters/fcm.ts'
import { line } from './adapters/line.ts'
import { instagram, messenger } from './adapters/messenger.ts'
import { mitake } from './adapters/mitake.ts'
import { sendgrid } from './adapters/sendgrid.ts'
import { ses } from './adapters/ses.ts'
import { smtp } from './adapters/smtp.ts'
import { twilio } from './adapters/twilio.ts'
import { webPush } from './adapters/webpush.ts'
import { whatsapp } from './adapters/whatsapp.ts'
import type { ChannelName } from './model.ts'

// biome-ignore format: a line each
const ADAPTERS: Adapter[] = [
  line,
  smtp,
  ses,
  sendgrid,
  twilio,
  mitake,
  every8d,
  whatsapp,
  messenger,
  instagram,
  fcm,
  webPush,
]

const named = new Map(ADAPTERS.map(a => [a.name, a]))

export const adapters = (): readonly Adapter[] => ADAPTERS

export const adapterNamed = (name: string): Adapter | undefined => named.get(name)

/** Those that speak for a channel. */
export const adaptersOf = (channel: ChannelName): Adapter[] => ADAPTERS.filter(a => a.channel === channel)
