// Every node type: one file, one line here.
import type { NodeType } from './nodes/type.ts'
import { ask } from './nodes/ask.ts'
import { conditionSplit } from './nodes/condition-split.ts'
import { delay } from './nodes/delay.ts'
import { emit } from './nodes/emit.ts'
import { exit } from './nodes/exit.ts'
import { experiment } from './nodes/experiment.ts'
import { holdout } from './nodes/holdout.ts'
import { http } from './nodes/http.ts'
import { jump } from './nodes/jump.ts'
import { notify } from './nodes/notify.ts'
import { startJourney, stopJourney } from './nodes/other-journeys.ts'
import { randomSplit } from './nodes/random-split.ts'
import { reach } from './nodes/reach.ts'
import { reward } from './nodes/reward.ts'
import { send } from './nodes/send.ts'
import { throttle } from './nodes/throttle.ts'
import { update } from './nodes/update.ts'
import { waitEvent } from './nodes/wait-event.ts'

export const NODE_TYPES = {
  delay,
  wait_event: waitEvent,
  split: conditionSplit,
  jump,
  random_split: randomSplit,
  experiment,
  holdout,
  send,
  reach,
  ask,
  update,
  reward,
  http,
  notify,
  emit,
  start_journey: startJourney,
  stop_journey: stopJourney,
  throttle,
  exit,
} satisfies Record<string, NodeType>

/** The type of a stored node; undefined when it is not known here. */
export const nodeType = (type: string): NodeType | undefined =>
  Object.hasOwn(NODE_TYPES, type) ? NODE_TYPES[type as keyof typeof NODE_TYPES] : undefined
