// Passwords: argon2id with the parameters OWASP names first for servers (19 MiB, 2 passes, 1 lane).
import { hash, verify } from '@node-rs/argon2'
import { Problem } from '../platform/errors.ts'

export const PASSWORD_MIN = 10
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Verified against when the address is unknown, so that the answer takes as long. Made once, of random bytes. */
let decoy: Promise<string> | null = null

export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'), OPTIONS)

/** False for a null hash too, after the same work. */
export async function checkPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hash(crypto.randomUUID(), OPTIONS)
  const fits = await verify(stored ?? (await decoy), password.normalize('NFKC'))
  return stored !== null && fits
}

/** @throws Problem 400 when a new password is too weak: too short, one repeated character, or the e-mail itself */
export function demandGoodPassword(password: string, email: string): void {
  const weak =
    password.length < PASSWORD_MIN || new Set(password).size < 4 || password.toLowerCase() === email
  if (weak)
    throw new Problem(400, 'weak_password', 'This password is too easy to guess', {
      path: 'password',
      action: `Take at least ${PASSWORD_MIN} characters, several different ones; a few words do well.`,
    })
}
