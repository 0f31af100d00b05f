// What webhooks can tell of: our own facts by name with their versions, and any event that a source sends, under its own name.
// A version changes when a field goes or changes its meaning; one that is added does not change it. Pure.

export type EventType = { name: string; version: number; props: string[] }

const type = (name: string, ...props: string[]): EventType => ({ name, version: 1, props })

const ORDER = ['order', 'amount', 'currency', 'sales_channel', 'orders_change', 'revenue_change']
const MESSAGE = ['channel', 'journey', 'node', 'reason', 'cost', 'detail']

export const EVENT_TYPES: EventType[] = [
  type('customer.merged', 'loser', 'actor'),
  type('identifier.added', 'kind', 'value', 'verified'),
  type('trait.changed', 'trait', 'before', 'after'),
  type('tag.removed', 'tag', 'source', 'actor', 'reason'),
  type('stage.changed', 'from', 'to', 'cause', 'event', 'rules'),
  type('consent.changed', 'channel', 'purpose', 'on', 'source'),
  type('visit.started', 'number', 'place', 'store'),
  type('segment.entered', 'segment', 'group', 'version', 'cause'),
  type('segment.left', 'segment', 'group', 'version', 'cause'),
  ...['placed', 'paid', 'updated', 'shipped', 'ready', 'picked_up', 'cancelled', 'refunded', 'returned'].map(
    on => type(`order.${on}`, ...ORDER),
  ),
  ...['issued', 'claimed', 'redeemed', 'expired'].map(on => type(`coupon.${on}`, 'coupon', 'code')),
  type('points.changed', 'balance', 'change', 'entry', 'reason'),
  type('journey.entered'),
  type('journey.exited', 'how'),
  type('journey.goal_reached'),
  ...[
    'accepted',
    'delivered',
    'opened',
    'clicked',
    'bounced',
    'complained',
    'blocked',
    'failed',
    'skipped',
  ].map(on => type(`message.${on}`, ...MESSAGE)),
  type('push.token_lost', 'channel', 'message'),
]

/** Sent by the button that tries a webhook; nobody subscribes to it. */
export const TEST_TYPE = 'webhook.test'

/** `*`, a name, or names that begin alike: `order.*`. */
export const isPattern = (text: string): boolean => /^(\*|[^*]{1,100}|[^*]{1,98}\.\*)$/.test(text)

export const fitsPattern = (pattern: string, name: string): boolean =>
  pattern === '*' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1)))
