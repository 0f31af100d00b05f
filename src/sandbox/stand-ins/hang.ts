// A stand-in that does not answer.
const LONGER_THAN_ANY_PATIENCE_MS = 120_000

/** No answer in any client's patience. The timer keeps no process alive. */
export const hang = (): Promise<never> =>
  new Promise((_, reject) =>
    setTimeout(() => reject(new Error('hung up')), LONGER_THAN_ANY_PATIENCE_MS).unref(),
  )
