// PINs of staff, typed at a till: argon2id like passwords, and few tries, because four digits are soon guessed.
import { hash, verify } from '@node-rs/argon2'
import { openRateLimit } from '../platform/http/rate-limit.ts'
import type { Uuid } from '../platform/ids.ts'

const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const tries = openRateLimit(5, 15 * 60_000)
let decoy: Promise<string> | null = null

export const hashPin = (pin: string): Promise<string> => hash(pin, OPTIONS)

/** False for a null hash too, after the same work.
 *  @throws Problem 429 after five wrong tries in 15 minutes */
export async function checkPin(
  workspace: Uuid,
  code: string,
  stored: string | null,
  pin: string,
): Promise<boolean> {
  const key = `${workspace} ${code}`
  tries.take(key)
  decoy ??= hash(crypto.randomUUID(), OPTIONS)
  const fits = await verify(stored ?? (await decoy), pin)
  if (stored === null || !fits) return false
  tries.clear(key)
  return true
}
