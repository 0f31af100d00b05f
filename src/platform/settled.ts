// Waiting for several things of which each must have ended, whatever became of the others.

/** Waits for all, then throws the first failure (in the order given): in a pipelined transaction the later ones only repeat it. */
export async function allSettled(list: Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(list)).find(r => r.status === 'rejected')
  if (failed) throw failed.reason
}
