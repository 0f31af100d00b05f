// The web role: everything that answers HTTP, on one port. One line for each subject's part.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Hono } from 'hono'
import { audienceRoutes } from './audiences/routes.ts'
import { attributeRoutes } from './catalogue/attributes.ts'
import { profileSettingRoutes } from './catalogue/profile-settings.ts'
import { sendingRuleRoutes } from './catalogue/sending-rules.ts'
import { broadcastRoutes } from './campaigns/routes.ts'
import { campaignRoutes } from './catalogue/campaigns.ts'
import { catalogueRoutes } from './catalogue/routes.ts'
import { channelRoutes } from './catalogue/channels.ts'
import { whatsappRoutes } from './catalogue/whatsapp-templates.ts'
import { pictureApp } from './catalogue/pictures.ts'
import { priceRoutes } from './catalogue/prices.ts'
import { productRoutes } from './catalogue/products.ts'
import { staffRoutes } from './catalogue/staff.ts'
import { storeRoutes } from './catalogue/stores.ts'
import { collectApp } from './collect/routes.ts'
import { identityRoutes } from './customers/identity-routes.ts'
import { customerRoutes } from './customers/routes.ts'
import { sourceRoutes } from './collect/source-routes.ts'
import { hooksApp } from './connectors/hooks.ts'
import { connectorRoutes } from './connectors/routes.ts'
import { experimentRoutes } from './experiments/routes.ts'
import { consentApp } from './consent/public.ts'
import { consentRoutes } from './consent/routes.ts'
import { conversationReplyRoutes } from './conversations/reply-routes.ts'
import { conversationRoutes } from './conversations/routes.ts'
import { conversationSettingRoutes } from './conversations/settings.ts'
import { conversationTellRoutes } from './conversations/tell-routes.ts'
import { demoRoutes } from './demo/routes.ts'
import { channelApp } from './channels/routes.ts'
import { mailRoutes } from './messages/mail-routes.ts'
import { SERVICE_WORKER } from './channels/webpush-app.ts'
import { importRoutes } from './imports/routes.ts'
import { eventFileApp } from './insight/event-file.ts'
import { importApp } from './imports/transfer.ts'
import { startImports } from './imports/workers.ts'
import { attributionRoutes } from './insight/attribution/routes.ts'
import { engagementRoutes } from './insight/engagement/routes.ts'
import { campaignReportRoutes } from './insight/campaigns/routes.ts'
import { homeRoutes } from './insight/home.ts'
import { kpiRoutes } from './insight/kpis/routes.ts'
import { metricRoutes } from './insight/metrics/routes.ts'
import { opsRoutes } from './insight/ops.ts'
import { qualityRoutes } from './insight/quality/routes.ts'
import { journeyReportRoutes } from './insight/journeys/routes.ts'
import { peopleRoutes } from './insight/people/routes.ts'
import { reachRoutes } from './insight/reach/routes.ts'
import { reportRoutes } from './insight/reports/routes.ts'
import { upliftRoutes } from './insight/uplift/routes.ts'
import { searchRoutes } from './insight/search.ts'
import { allMetrics } from './insight/stats.ts'
import { enrollRoutes } from './collect/enroll-routes.ts'
import { publishingRoutes } from './journeys/publishing/routes.ts'
import { lineApp } from './line/linking.ts'
import { contentApp } from './line/content.ts'
import { lineRoutes } from './line/routes.ts'
import { journeyRoutes } from './journeys/routes.ts'
import { membershipRoutes } from './membership/routes.ts'
import { messageApp } from './messages/links.ts'
import { frequencyRoutes } from './messages/frequency-routes.ts'
import { noticeRoutes } from './messages/notices/routes.ts'
import { deskRoutes } from './messages/desk/routes.ts'
import { messageRoutes } from './messages/routes.ts'
import { moduleRoutes } from './modules/routes.ts'
import { previewModuleRoutes } from './modules/preview/routes.ts'
import type { Core, Role } from './platform/core.ts'
import { Problem } from './platform/errors.ts'
import type { Access } from './platform/http/access.ts'
import type { AllHandlers } from './platform/http/handler.ts'
import { apiDocsPage, openApiDocument } from './platform/http/openapi.ts'
import { answerError, problemResponse } from './platform/http/problem.ts'
import { apiRouter, type HttpEnv } from './platform/http/router.ts'
import { listen, type Listening, openApp } from './platform/http/server.ts'
import { demandScope, readSessionCookie } from './platform/http/session.ts'
import { liveStream } from './platform/http/sse.ts'
import { openStatic, type StaticFiles } from './platform/http/static.ts'
import { startReceipts } from './sandbox/receipts.ts'
import { sandboxRoutes } from './sandbox/routes.ts'
import { shopApp } from './sandbox/shop.ts'
import { standInCalls } from './sandbox/stand-in-http.ts'
import { standInAdsApp } from './sandbox/stand-ins/ads.ts'
import { standInApp } from './sandbox/stand-ins/register.ts'
import { startStandInSmtp } from './sandbox/stand-ins/smtp.ts'
import { webhookRoutes } from './outflow/routes.ts'
import { privacyRoutes } from './privacy/routes.ts'
import { previewRoutes } from './segments/preview-routes.ts'
import { libraryRoutes } from './segments/library/routes.ts'
import { segmentApp } from './segments/transfer.ts'
import { segmentRoutes } from './segments/routes.ts'
import { openAccess } from './team/access.ts'
import { teamRoutes } from './team/routes.ts'
import { trialRoutes } from './trial/routes.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const WEB_BUILD = `${ROOT}dist/web`
const PIXEL = `${ROOT}dist/pixel.js`

/** Every endpoint of src/contract.ts; a missing one does not compile. */
export const handlers: AllHandlers = {
  ...teamRoutes,
  ...catalogueRoutes,
  ...campaignRoutes,
  ...broadcastRoutes,
  ...campaignReportRoutes,
  ...channelRoutes,
  ...whatsappRoutes,
  ...lineRoutes,
  ...storeRoutes,
  ...staffRoutes,
  ...productRoutes,
  ...attributeRoutes,
  ...profileSettingRoutes,
  ...sendingRuleRoutes,
  ...priceRoutes,
  ...frequencyRoutes,
  ...homeRoutes,
  ...metricRoutes,
  ...engagementRoutes,
  ...reachRoutes,
  ...attributionRoutes,
  ...upliftRoutes,
  ...kpiRoutes,
  ...peopleRoutes,
  ...qualityRoutes,
  ...reportRoutes,
  ...opsRoutes,
  ...searchRoutes,
  ...sourceRoutes,
  ...connectorRoutes,
  ...importRoutes,
  ...customerRoutes,
  ...conversationRoutes,
  ...consentRoutes,
  ...conversationSettingRoutes,
  ...conversationTellRoutes,
  ...conversationReplyRoutes,
  ...identityRoutes,
  ...segmentRoutes,
  ...previewRoutes,
  ...libraryRoutes,
  ...journeyRoutes,
  ...journeyReportRoutes,
  ...membershipRoutes,
  ...experimentRoutes,
  ...enrollRoutes,
  ...publishingRoutes,
  ...trialRoutes,
  ...messageRoutes,
  ...deskRoutes,
  ...moduleRoutes,
  ...previewModuleRoutes,
  ...noticeRoutes,
  ...mailRoutes,
  ...webhookRoutes,
  ...audienceRoutes,
  ...sandboxRoutes,
  ...demoRoutes,
  ...privacyRoutes,
}

export type Web = Role & { port: number }

/** Listens; then core.baseUrl is known. @throws when the port is taken */
export async function startWeb(core: Core): Promise<Web> {
  const files = openStatic(WEB_BUILD)
  const closing = new AbortController()
  const app = buildApp(core, files, closing.signal)
  const server: Listening = await listen(app, core.config.host, core.config.port)
  const host = core.config.host === '0.0.0.0' || core.config.host === '::' ? 'localhost' : core.config.host
  core.baseUrl = (core.config.publicUrl ?? `http://${host}:${server.port}`).replace(/\/$/, '')
  const smtp = await startStandInSmtp(core)
  const receipts = await startReceipts(core)
  const imports = await startImports(core)
  core.log.info({ port: server.port, smtpPort: smtp.port }, 'web: listening')
  return {
    port: server.port,
    start: () => undefined,
    async stop() {
      closing.abort()
      await receipts.stop()
      await imports.stop()
      await server.close()
      await smtp.stop()
    },
  }
}

function buildApp(core: Core, files: StaticFiles, closing: AbortSignal): Hono<HttpEnv> {
  const access = openAccess(core)
  const app = openApp(core, {
    inline: files.inlineScripts,
    mayReadMetrics: authorization => mayReadMetrics(access, authorization),
    metrics: () => allMetrics(core),
  })
  app.get('/api/w/:ws/live', c => live(c, core, access, closing))
  app.route('/', eventFileApp(core, access)) // before the exports of import targets
  app.route('/', importApp(core, access))
  app.route('/', segmentApp(core, access))
  app.route('/', pictureApp(core, access))
  app.route('/', contentApp(core, access))
  app.route('/api', apiRouter(core, access, handlers))
  app.all('/api/*', c =>
    problemResponse(
      new Problem(404, 'no_endpoint', 'There is no such endpoint', {
        action: 'See /api-docs for all of them.',
      }),
      c.get('requestId'),
    ),
  )
  app.route('/', collectApp(core))
  app.route('/', hooksApp(core))
  app.route('/', lineApp(core))
  app.route('/', channelApp(core))
  app.route('/', messageApp(core))
  app.route('/', consentApp(core))
  app.route('/shop', shopApp(core))
  app.route('/sandbox', standInApp(core))
  app.route('/sandbox/http', standInCalls(core))
  app.route('/sandbox/ads', standInAdsApp(core))
  app.get('/openapi.json', async c => c.json(openApiDocument(await version())))
  app.get('/api-docs', async c => c.html(apiDocsPage(await version())))
  app.get('/pixel.js', servePixel)
  app.get('/push-sw.js', c =>
    c.body(SERVICE_WORKER, 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    }),
  )
  app.get('*', c => serveWeb(c, files))
  app.notFound(c =>
    problemResponse(
      new Problem(404, 'not_found', 'There is nothing at this address', {
        action: 'Check the address; /api-docs lists the API.',
      }),
      c.get('requestId'),
    ),
  )
  return app
}

type Ctx = import('hono').Context<HttpEnv>

async function live(c: Ctx, core: Core, access: Access, closing: AbortSignal): Promise<Response> {
  c.set('route', '/api/w/{ws}/live')
  const seat = async () => {
    const who = await access.identify(c.req.header('authorization'), readSessionCookie(c))
    const taken = await access.seatIn(who, c.req.param('ws') ?? '')
    demandScope(taken, 'customers:read')
    return taken
  }
  try {
    const { workspace } = await seat()
    const stillAllowed = () =>
      seat().then(
        () => true,
        (error: unknown) => {
          if (error instanceof Problem) return false
          throw error
        },
      )
    return liveStream(c, core, workspace.id, closing, stillAllowed)
  } catch (error) {
    return answerError(error, c.get('requestId'), c.get('route'), core.log)
  }
}

async function mayReadMetrics(access: Access, authorization: string | undefined): Promise<boolean> {
  if (authorization === undefined) return false
  const who = await access.identify(authorization, undefined)
  return who.kind === 'key' && who.scopes.includes('ops:read')
}

async function version(): Promise<string> {
  return (JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as { version: string }).version
}

async function servePixel(c: Ctx): Promise<Response> {
  if (!existsSync(PIXEL)) return c.notFound()
  return c.body(await readFile(PIXEL), 200, {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=3600',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  })
}

/** A file of the build; every other path without a file extension is a page of the app. */
async function serveWeb(c: Ctx, files: StaticFiles): Promise<Response> {
  const path = decodeURIComponent(c.req.path)
  const headers = {
    acceptEncoding: c.req.header('accept-encoding') ?? '',
    ifNoneMatch: c.req.header('if-none-match') ?? '',
  }
  const file = path === '/' ? null : await files.serve(path, headers)
  if (file) return file
  const isPage = !/\.\w+$/.test(path)
  return (isPage ? await files.serve('/index.html', headers) : null) ?? c.notFound()
}
