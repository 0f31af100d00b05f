// Every channel, by name. A new channel is its own file and one line here.
import type { Channel } from './channel.ts'
import { email } from './email.ts'
import { line } from './line.ts'

export const CHANNELS = { line, email } satisfies Record<Channel['name'], Channel>

export const isChannel = (name: string): name is Channel['name'] => Object.hasOwn(CHANNELS, name)
