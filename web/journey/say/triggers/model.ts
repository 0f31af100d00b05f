// How a kind of trigger is said in one line.
import type { Trigger } from '../../../../src/journeys/model.ts'
import type { Names } from '../../../rules/names.ts'
import type { Say } from '../../../use.ts'

export type TriggerSay<K extends Trigger['kind'] = Trigger['kind']> = (
  trigger: Extract<Trigger, { kind: K }>,
  say: Say,
  names: Names,
) => string
