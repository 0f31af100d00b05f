// A workspace whose events come in through the real intake over HTTP, are folded and copied to history by `stage`.
import { collectApp } from '../src/collect/routes.ts'
import { serveApp } from './collect-server.ts'
import { createTestWorkspace, openTestCore, type TestCore } from './harness.ts'
import { openStage, type Stage } from './stage.ts'

export type IntakeLab = {
  core: TestCore
  stage: Stage
  server: Awaited<ReturnType<typeof serveApp>>
  space: Awaited<ReturnType<typeof createTestWorkspace>>
  close(): Promise<void>
}

export async function openIntakeLab(): Promise<IntakeLab> {
  const core = await openTestCore()
  const space = await createTestWorkspace(core)
  const server = await serveApp(collectApp(core))
  const stage = openStage(core)
  await stage.settle()
  return {
    core,
    stage,
    server,
    space,
    async close() {
      await server.close()
      await stage.close()
      await core.close()
    },
  }
}
