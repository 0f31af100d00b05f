// Server-sent events of a workspace: a topic names what changed, and the queries that show it are refetched.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { EndpointName, LiveTopic } from '../../src/contract.ts'

/** Which answers a topic makes old. */
const SHOWN: Record<LiveTopic, EndpointName[]> = {
  webhooks: ['webhooks', 'webhookDeliveries'],
  audiences: ['audiences'],
  customers: [
    'customers',
    'customer',
    'customerRights',
    'customerOrders',
    'consentProofs',
    'timeline',
    'parked',
    'journeyPeople',
  ],
  messages: [
    'messages',
    'message',
    'conversationEntries',
    'sending',
    'deadMessages',
    'channels',
    'workspace',
    'sandboxMessages',
    'sandboxContacts',
  ],
  notices: ['notices'],
  conversations: ['conversations', 'conversation', 'conversationEntries'],
  journeys: [
    'journeys',
    'journey',
    'journeyCounts',
    'journeyPeople',
    'experiments',
    'broadcasts',
    'broadcast',
  ],
  // history has caught up: everything it answers may have changed
  events: [
    'lastEvents',
    'rejectedEvents',
    'connectors',
    'source',
    'deadLetters',
    'timeline',
    'timelineChannels',
    'customerTags',
    'home',
    'broadcasts',
    'broadcast',
    'comparison',
    'campaignReport',
    'journeys',
    'journeyCounts',
    'journeyPeople',
    'experiments',
    'messages',
    'customers',
    'metrics',
    'omnichannel',
    'firstTouch',
    'stages',
    'quality',
    'segments',
    'segment',
    'segmentMembers',
    'segmentHistory',
    'segmentFlow',
    'customerSegments',
  ],
  segments: ['segments', 'segment', 'segmentJobs', 'segmentVersions'],
  membership: ['coupons', 'pointsSettings'],
  replays: ['replays', 'replay'],
  clock: ['workspace', 'me'],
  sandbox: ['sandboxMessages', 'sandboxContacts', 'sandboxShop', 'sandboxCalls'],
  ops: ['ops', 'parked'],
  demo: ['demoProgress', 'me', 'home'],
  imports: ['imports', 'import', 'importFeeds', 'home'],
  modules: ['modules', 'module', 'moduleVersions'],
}
const TOPICS = Object.keys(SHOWN) as LiveTopic[]
/** At most one round of refetches in this time, however many events arrive. */
const GROUP_MS = 700

/** @returns false while the stream is broken (the browser reconnects by itself) */
export function useLive(ws: string): boolean {
  const client = useQueryClient()
  const [connected, setConnected] = useState(true)
  useEffect(() => {
    const source = new EventSource(`/api/w/${encodeURIComponent(ws)}/live`)
    const waiting = new Set<LiveTopic>()
    let timer: ReturnType<typeof setTimeout> | null = null
    const flush = () => {
      timer = null
      const names = new Set<unknown>([...waiting].flatMap(topic => SHOWN[topic]))
      waiting.clear()
      void client.invalidateQueries({ predicate: q => names.has(q.queryKey[0]) })
    }
    const note = (topic: LiveTopic) => {
      waiting.add(topic)
      timer ??= setTimeout(flush, GROUP_MS)
    }
    for (const topic of TOPICS) source.addEventListener(topic, () => note(topic))
    source.onopen = () => setConnected(true)
    source.onerror = () => setConnected(false)
    return () => {
      source.close()
      if (timer) clearTimeout(timer)
    }
  }, [ws, client])
  return connected
}
