// How often a property is tried and with which dice: RUNS and SEED in the environment, else as often as the test says and with
// new dice each time.
export const tries = (usual: number, runs = process.env.RUNS): { numRuns: number; seed?: number } => ({
  numRuns: Number(runs ?? usual),
  ...(process.env.SEED ? { seed: Number(process.env.SEED) } : {}),
})
