// Every node type on the canvas: one file, one line here; it does not compile while one is missing. A
// type that only a newer version knows is drawn by its code.
import { IconTool } from '@tabler/icons-react'
import type { NODE_TYPES } from '../../../src/journeys/register.ts'
import { ask } from './ask.ts'
import { delay } from './delay.ts'
import { emit } from './emit.ts'
import { exit } from './exit.ts'
import { experiment } from './experiment.ts'
import { holdout } from './holdout.ts'
import { http } from './http.ts'
import { jump } from './jump.ts'
import type { NodeSay } from './model.ts'
import { notify } from './notify.ts'
import { startJourney, stopJourney } from './other-journeys.ts'
import { randomSplit } from './random-split.ts'
import { reach } from './reach.ts'
import { reward } from './reward.ts'
import { send } from './send.ts'
import { split } from './split.ts'
import { throttle } from './throttle.ts'
import { update } from './update.ts'
import { waitEvent } from './wait-event.ts'

const NODE_SAY: Record<keyof typeof NODE_TYPES, NodeSay> = {
  delay,
  wait_event: waitEvent,
  split,
  jump,
  send,
  reach,
  ask,
  update,
  http,
  notify,
  emit,
  start_journey: startJourney,
  stop_journey: stopJourney,
  throttle,
  reward,
  exit,
  random_split: randomSplit,
  experiment,
  holdout,
}

const UNKNOWN: NodeSay = { icon: IconTool, begin: () => ({}), line: f => Object.keys(f).join(', ') }

export const nodeSay = (type: string): NodeSay =>
  Object.hasOwn(NODE_SAY, type) ? NODE_SAY[type as keyof typeof NODE_TYPES] : UNKNOWN
