// The LINE Login channel that a sandbox has in place of a real one: its id, and who signs its ID tokens.
import type { Core } from '../../platform/core.ts'
import type { Uuid } from '../../platform/ids.ts'
import { standInSecret } from '../stand-in.ts'

/** Digits, as LINE's channel ids are; made of the workspace's id. */
export const sandboxLoginChannel = (workspace: Uuid): string =>
  BigInt('0x' + workspace.replaceAll('-', '').slice(-14)).toString()

export const sandboxLoginSecret = (core: Pick<Core, 'secrets'>, workspace: Uuid): Uint8Array =>
  Buffer.from(standInSecret(core, workspace, 'line login'))
