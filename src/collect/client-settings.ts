// What the clients of Segment and RudderStack ask for before they send: the settings of the project, or of the source,
// that a write key belongs to. They get what lets them send everything here and nothing elsewhere.
import type { Uuid } from '../platform/ids.ts'

/** Segment: GET /v1/projects/{writeKey}/settings. `base` is our address as clients reach it. */
export function segmentSettings(writeKey: string, base: string): Record<string, unknown> {
  const { protocol, host } = new URL(base)
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        apiHost: `${host}/v1`,
        protocol: protocol.slice(0, -1),
        addBundledMetadata: false,
        unbundledIntegrations: [],
        maybeBundledConfigIds: {},
      },
    },
    plan: {},
    edgeFunction: {},
    middlewareSettings: {},
    enabledMiddleware: {},
    remotePlugins: [],
    legacyVideoPluginsEnabled: false,
    analyticsNextEnabled: true,
    metrics: { sampleRate: 0 },
  }
}

/** RudderStack: GET /sourceConfig. No destinations: the intake is the only one. */
export function rudderSourceConfig(
  source: { key: Uuid; workspace: Uuid; name: string },
  writeKey: string,
): Record<string, unknown> {
  return {
    isHosted: true,
    source: {
      id: source.key,
      name: source.name,
      writeKey,
      enabled: true,
      workspaceId: source.workspace,
      config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
      destinations: [],
      connections: [],
    },
  }
}
