// Unit and engine tests. Engines are started once for the run by test/engines.ts.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.{ts,tsx}', 'pixel/**/*.test.ts'],
    globalSetup: ['test/engines.ts'],
    setupFiles: ['test/between-files.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // the files of a worker share their modules: loading those anew for each took longer than many of the tests
    isolate: false,
    // limits against standing still, not measures: a machine may have other work
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: ['default'],
  },
})
