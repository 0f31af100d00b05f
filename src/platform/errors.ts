// The three kinds of errors: the caller's mistake (Problem), a provider's answer (src/channels/adapter.ts)
// and our own bug (`must`).

/** RFC 9457 problem. `code` is stable; `title` says what is wrong, `action` what to do. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly action: string
  readonly path: string | undefined
  readonly retryAfterS: number | undefined
  constructor(
    status: number,
    code: string,
    title: string,
    more: { action?: string; path?: string; retryAfterS?: number } = {},
  ) {
    super(title)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.action = more.action ?? ''
    this.path = more.path
    this.retryAfterS = more.retryAfterS
  }
}

/** A broken rule of ours. Never caught to be ignored. */
export class BrokenRule extends Error {
  override name = 'BrokenRule'
}

/** @throws BrokenRule naming the rule, which is written as it should be: `must(seq > last, 'journal rows are dense')` */
export function must(condition: unknown, rule: string): asserts condition {
  if (!condition) throw new BrokenRule(rule)
}

/** @throws BrokenRule when a closed union was not exhausted */
export function never(value: never): never {
  throw new BrokenRule('not one of the known kinds: ' + JSON.stringify(value))
}
