// A workspace with segments in tests: the API over HTTP on real engines, owner, history and segment work driven by hand.
import { Hono } from 'hono'
import type { EndpointName, Out } from '../src/contract.ts'
import { append } from '../src/inbox/append.ts'
import type { EventBody } from '../src/inbox/model.ts'
import { apiRouter, type HttpEnv } from '../src/platform/http/router.ts'
import { newId, publicId, type Uuid } from '../src/platform/ids.ts'
import { importApp } from '../src/imports/transfer.ts'
import { segmentApp } from '../src/segments/transfer.ts'
import { openAccess } from '../src/team/access.ts'
import { handlers } from '../src/web.ts'
import { serveApp } from './collect-server.ts'
import { createTestWorkspace, openTestCore, type TestCore } from './harness.ts'
import { callApi, type Answer, type Given } from './http-client.ts'
import { eventFor, openStage, type Stage, type Ticking } from './stage.ts'

export type SegmentLab = {
  core: TestCore
  stage: Stage
  url: string
  space: { id: Uuid; apiKey: string; writeKey: string }
  /** Begins a workspace of its own. */
  fresh(): Promise<void>
  ask(name: EndpointName, given?: Given): Promise<Answer>
  /** The answer's body; fails on anything but 2xx. */
  ok<N extends EndpointName>(name: N, given?: Given): Promise<Out<N>>
  /** Events straight to customers, then everything comes to rest. */
  tell(...events: { who: Uuid; name: string; more?: Partial<EventBody> }[]): Promise<void>
  close(): Promise<void>
}

export async function openSegmentLab(extra: (core: TestCore) => Ticking[] = () => []): Promise<SegmentLab> {
  const core = await openTestCore()
  const app = new Hono<HttpEnv>()
  app.use((c, next) => {
    c.set('requestId', newId())
    return next()
  })
  const access = openAccess(core)
  app.route('/', importApp(core, access))
  app.route('/', segmentApp(core, access))
  app.route('/api', apiRouter(core, access, handlers))
  const server = await serveApp(app as unknown as Hono)
  const stage = openStage(core, extra(core))
  const lab: SegmentLab = {
    core,
    stage,
    url: server.url,
    space: await createTestWorkspace(core),
    async fresh() {
      lab.space = await createTestWorkspace(core)
    },
    ask: (name, given = {}) =>
      callApi(
        server.url,
        name,
        { key: lab.space.apiKey },
        {
          ...given,
          params: { ws: publicId('wsp', lab.space.id), ...given.params },
        },
      ),
    async ok(name, given) {
      const answer = await lab.ask(name, given)
      if (answer.status >= 300)
        throw new Error(`${name} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 500)}`)
      return answer.body as never
    },
    async tell(...events) {
      await append(
        core.pool,
        core.signals,
        events.map(e => eventFor(lab.space.id, e.who, e.name, e.more)),
      )
      await stage.settle()
    },
    async close() {
      await stage.close()
      await server.close()
      await core.close()
    },
  }
  return lab
}
