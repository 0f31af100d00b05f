// Addresses of all pages. Filters and ids live in the URL; each page is a chunk of its own.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { call, ApiProblem } from './api/call.ts'
import { queryClient } from './api/queries.ts'
import { Lost, Crash } from './frame/lost.tsx'

/** Search parameters that are texts: others are dropped, empty ones too. */
const texts =
  <K extends string>(...keys: K[]) =>
  (search: Record<string, unknown>): { [P in K]?: string } => {
    const out: { [P in K]?: string } = {}
    for (const key of keys) {
      const value = search[key]
      if (value !== undefined && value !== null && value !== '') out[key] = String(value)
    }
    return out
  }

/** Who is signed in; sends others to the sign-in page, and back afterwards. */
async function demandSession({ location }: { location: { href: string } }) {
  try {
    return await queryClient.ensureQueryData({ queryKey: ['me', {}], queryFn: () => call('me', {}) })
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401)
      throw redirect({ to: '/sign-in', search: { next: location.href } })
    throw error
  }
}

export const LAST_WORKSPACE = 'itinera.workspace'

const root = createRootRoute({ component: Outlet, notFoundComponent: Lost, errorComponent: Crash })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: texts('next'),
  component: lazyRouteComponent(() => import('./pages/sign-in.tsx'), 'SignIn'),
})
const link = createRoute({
  getParentRoute: () => root,
  path: '/link/$token',
  component: lazyRouteComponent(() => import('./pages/link.tsx'), 'UseLink'),
})
const start = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async args => {
    const me = await demandSession(args)
    const kept = localStorage.getItem(LAST_WORKSPACE)
    const seat = me.workspaces.find(w => w.workspace.id === kept) ?? me.workspaces[0]
    if (seat) throw redirect({ to: '/w/$ws', params: { ws: seat.workspace.id } })
  },
  component: lazyRouteComponent(() => import('./pages/no-workspace.tsx'), 'NoWorkspace'),
})
const inside = createRoute({
  getParentRoute: () => root,
  path: '/w/$ws',
  beforeLoad: async args => {
    await demandSession(args)
    localStorage.setItem(LAST_WORKSPACE, args.params.ws)
  },
  component: lazyRouteComponent(() => import('./frame/frame.tsx'), 'Frame'),
})

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/home.tsx'), 'Home'),
})
const customers = createRoute({
  getParentRoute: () => inside,
  path: '/customers',
  validateSearch: texts('q', 'stage', 'tag', 'segment', 'reach', 'has', 'bought', 'complete', 'sort'),
  component: lazyRouteComponent(() => import('./pages/customers.tsx'), 'Customers'),
})
const conflicts = createRoute({
  getParentRoute: () => inside,
  path: '/customers/conflicts',
  validateSearch: texts('status'),
  component: lazyRouteComponent(() => import('./pages/conflicts.tsx'), 'Conflicts'),
})
const customer = createRoute({
  getParentRoute: () => inside,
  path: '/customers/$customer',
  validateSearch: texts('kind', 'phase', 'channel', 'from', 'to', 'q'),
  component: lazyRouteComponent(() => import('./pages/customer.tsx'), 'Customer'),
})
const quality = createRoute({
  getParentRoute: () => inside,
  path: '/quality',
  validateSearch: texts('months', 'rule'),
  component: lazyRouteComponent(() => import('./pages/quality.tsx'), 'Quality'),
})
const segments = createRoute({
  getParentRoute: () => inside,
  path: '/segments',
  validateSearch: texts('q', 'kind', 'status'),
  component: lazyRouteComponent(() => import('./pages/segments.tsx'), 'Segments'),
})
const segmentLibrary = createRoute({
  getParentRoute: () => inside,
  path: '/segments/library',
  validateSearch: texts('q', 'use'),
  component: lazyRouteComponent(() => import('./pages/segment-library.tsx'), 'SegmentLibrary'),
})
const segmentNew = createRoute({
  getParentRoute: () => inside,
  path: '/segments/new',
  validateSearch: texts('kind'),
  component: lazyRouteComponent(() => import('./pages/segment-edit.tsx'), 'NewSegment'),
})
const modules = createRoute({
  getParentRoute: () => inside,
  path: '/modules',
  validateSearch: texts('q', 'channel', 'folder', 'tag', 'archived'),
  component: lazyRouteComponent(() => import('./pages/modules.tsx'), 'Modules'),
})
const module = createRoute({
  getParentRoute: () => inside,
  path: '/modules/$module',
  validateSearch: texts('tab', 'as'),
  component: lazyRouteComponent(() => import('./pages/module.tsx'), 'Module'),
})
const segment = createRoute({
  getParentRoute: () => inside,
  path: '/segments/$segment',
  validateSearch: texts('tab', 'group', 'days', 'way', 'by', 'with'),
  component: lazyRouteComponent(() => import('./pages/segment.tsx'), 'Segment'),
})
const segmentEdit = createRoute({
  getParentRoute: () => inside,
  path: '/segments/$segment/edit',
  component: lazyRouteComponent(() => import('./pages/segment-edit.tsx'), 'EditSegment'),
})
const journeys = createRoute({
  getParentRoute: () => inside,
  path: '/journeys',
  component: lazyRouteComponent(() => import('./pages/journeys.tsx'), 'Journeys'),
})
const journey = createRoute({
  getParentRoute: () => inside,
  path: '/journeys/$journey',
  validateSearch: texts('node', 'show', 'version', 'panel', 'view'),
  component: lazyRouteComponent(() => import('./pages/journey.tsx'), 'Journey'),
})
const broadcasts = createRoute({
  getParentRoute: () => inside,
  path: '/broadcasts',
  validateSearch: texts('tab'),
  component: lazyRouteComponent(() => import('./pages/broadcasts.tsx'), 'Broadcasts'),
})
const broadcast = createRoute({
  getParentRoute: () => inside,
  path: '/broadcasts/$broadcast',
  validateSearch: texts('from'),
  component: lazyRouteComponent(() => import('./pages/broadcast.tsx'), 'Broadcast'),
})
const campaigns = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns',
  validateSearch: texts('edit'),
  component: lazyRouteComponent(() => import('./pages/campaigns.tsx'), 'Campaigns'),
})
const campaign = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns/$campaign',
  component: lazyRouteComponent(() => import('./pages/campaign.tsx'), 'Campaign'),
})
const metrics = createRoute({
  getParentRoute: () => inside,
  path: '/metrics',
  validateSearch: texts(
    'tab',
    'days',
    'from',
    'to',
    'channel',
    'store',
    'cart',
    'metric',
    'by',
    'window',
    'key',
  ),
  component: lazyRouteComponent(() => import('./pages/metrics.tsx'), 'Metrics'),
})
const engagement = createRoute({
  getParentRoute: () => inside,
  path: '/insight/engagement',
  validateSearch: texts(
    'tab',
    'days',
    'from',
    'to',
    'by',
    'channel',
    'campaign',
    'journey',
    'window',
    'event',
    'figure',
    'key',
  ),
  component: lazyRouteComponent(() => import('./pages/engagement.tsx'), 'Engagement'),
})
const attribution = createRoute({
  getParentRoute: () => inside,
  path: '/insight/attribution',
  validateSearch: texts(
    'tab',
    'days',
    'from',
    'to',
    'model',
    'window',
    'half',
    'touches',
    'by',
    'event',
    'key',
    'journey',
  ),
  component: lazyRouteComponent(() => import('./pages/attribution.tsx'), 'Attribution'),
})
const kpis = createRoute({
  getParentRoute: () => inside,
  path: '/insight/kpis',
  validateSearch: texts('edit', 'kpi'),
  component: lazyRouteComponent(() => import('./pages/kpis.tsx'), 'Kpis'),
})
const messages = createRoute({
  getParentRoute: () => inside,
  path: '/messages',
  validateSearch: texts('state', 'channel', 'journey', 'customer', 'message', 'tab'),
  component: lazyRouteComponent(() => import('./pages/messages.tsx'), 'Messages'),
})
const inbox = createRoute({
  getParentRoute: () => inside,
  path: '/inbox',
  validateSearch: texts('status', 'whose', 'channel', 'q', 'customer', 'at'),
  component: lazyRouteComponent(() => import('./pages/inbox.tsx'), 'Inbox'),
})
const sandbox = createRoute({
  getParentRoute: () => inside,
  path: '/sandbox',
  validateSearch: texts('line', 'email', 'shopper', 'mail', 'app', 'to'),
  component: lazyRouteComponent(() => import('./pages/sandbox.tsx'), 'Sandbox'),
})
const coupons = createRoute({
  getParentRoute: () => inside,
  path: '/coupons',
  validateSearch: texts('edit'),
  component: lazyRouteComponent(() => import('./pages/coupons.tsx'), 'Coupons'),
})
const catalogue = createRoute({
  getParentRoute: () => inside,
  path: '/catalogue',
  validateSearch: texts('tab', 'q', 'archived', 'region', 'store', 'category', 'status', 'edit'),
  component: lazyRouteComponent(() => import('./pages/catalogue.tsx'), 'Catalogue'),
})
const sources = createRoute({
  getParentRoute: () => inside,
  path: '/sources',
  validateSearch: texts('tab', 'name'),
  component: lazyRouteComponent(() => import('./pages/sources.tsx'), 'Sources'),
})
const importFile = createRoute({
  getParentRoute: () => inside,
  path: '/imports/$import',
  component: lazyRouteComponent(() => import('./pages/import.tsx'), 'ImportPage'),
})
const audiences = createRoute({
  getParentRoute: () => inside,
  path: '/audiences',
  component: lazyRouteComponent(() => import('./pages/audiences.tsx'), 'Audiences'),
})
const webhooks = createRoute({
  getParentRoute: () => inside,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('./pages/webhooks.tsx'), 'Webhooks'),
})
const channels = createRoute({
  getParentRoute: () => inside,
  path: '/channels',
  validateSearch: texts('edit'),
  component: lazyRouteComponent(() => import('./pages/channels.tsx'), 'Channels'),
})
const line = createRoute({
  getParentRoute: () => inside,
  path: '/line',
  validateSearch: texts('tab', 'menu'),
  component: lazyRouteComponent(() => import('./pages/line.tsx'), 'Line'),
})
const ops = createRoute({
  getParentRoute: () => inside,
  path: '/ops',
  component: lazyRouteComponent(() => import('./pages/ops.tsx'), 'Ops'),
})
const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  validateSearch: texts('tab', 'kind', 'actor', 'target', 'from', 'to'),
  component: lazyRouteComponent(() => import('./pages/settings.tsx'), 'Settings'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    link,
    start,
    inside.addChildren([
      home,
      customers,
      conflicts,
      customer,
      quality,
      segments,
      segmentLibrary,
      segmentNew,
      segment,
      segmentEdit,
      journeys,
      journey,
      modules,
      module,
      messages,
      broadcasts,
      broadcast,
      inbox,
      campaigns,
      campaign,
      metrics,
      engagement,
      attribution,
      kpis,
      sandbox,
      catalogue,
      coupons,
      sources,
      importFile,
      channels,
      webhooks,
      audiences,
      line,
      ops,
      settings,
    ]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
