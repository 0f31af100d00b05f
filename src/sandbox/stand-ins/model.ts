// The contract of a stand-in: our own end of a provider's interface, for sandbox workspaces. It speaks the provider's wire
// format, checks what the provider checks, keeps what arrived, and can be told to fail (takeStandInFault). One file beside
// this for each adapter, one line in register.ts.
import type { Hono } from 'hono'
import type { ChannelName } from '../../channels/model.ts'
import type { Core } from '../../platform/core.ts'
import type { Uuid } from '../../platform/ids.ts'

/** What a person does at the sandbox's phone or inbox. */
export type SandboxAct = {
  channel: ChannelName
  address: string
  act: 'follow' | 'unfollow' | 'text' | 'image' | 'unsend' | 'postback' | 'menu' | 'unsubscribe'
  name?: string | undefined
  text?: string | undefined
  /** postback: its data; text: what a picked reply carries (a list's row, a quick reply); image: a data URL; unsend: the provider's id of the message */
  data?: string | undefined
  /** menu: the alias of the rich menu that is switched to */
  menu?: string | undefined
  /** id of the message that is acted on (sandbox_message) */
  message?: string | undefined
  /** the account at which it is done; left out: the first of its adapter */
  account?: Uuid | undefined
}

export type StandIn = {
  /** the adapter whose provider it stands for; mounted at /sandbox/<adapter> */
  adapter: string
  channel: ChannelName
  // biome-ignore lint/suspicious/noExplicitAny: each keeps variables of its own in its requests
  app?(core: Core): Hono<any>
  /** @throws Problem when the act does not fit the channel, or the contact is not known */
  act?(core: Core, workspace: Uuid, act: SandboxAct): Promise<void>
}
