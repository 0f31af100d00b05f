// What a graph uses of its workspace, by the kind of its fields and the leaves of its rules: segments, tags, attributes,
// events, coupons, other journeys. Pure.
import { leavesOf } from '../../rules/evaluate.ts'
import type { Rule } from '../../rules/model.ts'
import type { JourneyGraph } from '../model.ts'
import type { FieldSpec } from '../nodes/type.ts'
import { nodeType } from '../register.ts'
import { triggerTypeOf } from '../triggers/register.ts'

export const USE_KINDS = ['segments', 'tags', 'attributes', 'events', 'coupons', 'journeys'] as const
export type UseKind = (typeof USE_KINDS)[number]
export type Uses = Record<UseKind, string[]>

/** Kinds of fields that name something of the workspace. */
const NAMES: Partial<Record<FieldSpec['kind'], UseKind>> = {
  segment: 'segments',
  tag: 'tags',
  trait: 'attributes',
  event: 'events',
  coupon: 'coupons',
  journey: 'journeys',
}

/** Each name once; segments and journeys by their public ids. */
export function usesOf(graph: JourneyGraph): Uses {
  const found = Object.fromEntries(USE_KINDS.map(k => [k, new Set<string>()])) as Record<UseKind, Set<string>>
  const add = (kind: UseKind, value: unknown): void => {
    if (typeof value === 'string' && value !== '') found[kind].add(value)
    else if (Array.isArray(value)) for (const one of value) add(kind, one)
    // a record by name: { trait: value }
    else if (typeof value === 'object' && value !== null)
      for (const name of Object.keys(value)) add(kind, name)
  }
  const rule = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const leaf of leavesOf(value as Rule)) {
      if (leaf.op === 'segment') add('segments', leaf.segment)
      else if (leaf.op === 'tags') add('tags', leaf.tags)
      else if (leaf.op === 'trait') add('attributes', leaf.trait)
      else if (leaf.op === 'coupon') add('coupons', leaf.coupon)
      else if (leaf.op === 'event') add('events', leaf.event)
    }
  }
  const fields = (specs: Record<string, FieldSpec>, values: Record<string, unknown>): void => {
    for (const [name, spec] of Object.entries(specs)) {
      const value = values[name]
      if (value === undefined || value === null) continue
      const kind = NAMES[spec.kind]
      if (kind !== undefined) add(kind, value)
      else if (spec.kind === 'rule') rule(value)
      else if (spec.of !== undefined)
        for (const entry of Array.isArray(value) ? value : [value])
          if (typeof entry === 'object' && entry !== null) fields(spec.of, entry as Record<string, unknown>)
    }
  }
  const { filter, entry, goal, exits, policy, trigger, nodes } = graph
  for (const one of [filter, entry?.exclude, goal?.rule, ...exits.map(e => e.rule)]) rule(one)
  for (const { measure } of policy?.kpis ?? []) if (measure.kind === 'rule') rule(measure.rule)
  fields(triggerTypeOf(trigger)?.fields ?? {}, trigger)
  for (const node of Object.values(nodes)) {
    const type = nodeType(node.type)
    fields(type?.fields ?? {}, node.fields)
    // rules that stand deeper than a field says
    if (type?.rules) for (const one of rulesAt(() => type.rules!(node.fields))) rule(one)
  }
  return Object.fromEntries(USE_KINDS.map(k => [k, [...found[k]].sort()])) as Uses
}

/** The rules of a node; none while its fields are not complete. */
function rulesAt(ask: () => Rule[]): Rule[] {
  try {
    return ask()
  } catch {
    return []
  }
}

/** The graph with ids of another workspace put right, wherever they stand. */
export function renamed(graph: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof graph === 'string') return ids.get(graph) ?? graph
  if (Array.isArray(graph)) return graph.map(v => renamed(v, ids))
  if (typeof graph !== 'object' || graph === null) return graph
  return Object.fromEntries(Object.entries(graph).map(([k, v]) => [k, renamed(v, ids)]))
}
