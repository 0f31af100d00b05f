// Rich menus as the team makes them: whose they are, what they show, and what is wrong with them. Pure.
import { z } from 'zod'
import type { LineDetail } from '../../channels/line/api.ts'
import { checkMenu, type MenuObject } from '../../channels/line/menu-rules.ts'
import type { CustomerState } from '../../customers/model.ts'

/** Whose menu it is; of several that somebody could have, the first in the team's order. */
export const menuAudience = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }).describe('who has no other'),
  z.strictObject({ kind: z.literal('bound') }).describe('whose LINE is bound to a membership'),
  z.strictObject({ kind: z.literal('unbound') }),
  z.strictObject({ kind: z.literal('segment'), segment: z.string(), group: z.string().optional() }),
  z.strictObject({ kind: z.literal('tier'), tier: z.string().min(1).max(60) }),
  z.strictObject({ kind: z.literal('tab') }).describe('nobody: others switch to it'),
])
export type MenuAudience = z.infer<typeof menuAudience>

const action = z.looseObject({ type: z.string().min(1).max(30) })
const px = z.number().int().min(0).max(2_500)
export const menuDraft = z.object({
  name: z.string().min(1).max(300),
  chatBarText: z.string().min(1).max(14),
  selected: z.boolean(),
  size: z.object({ width: px, height: px }),
  areas: z.array(z.object({ bounds: z.object({ x: px, y: px, width: px, height: px }), action })).max(20),
})
export type MenuDraft = z.infer<typeof menuDraft>

/** A menu that is live, as far as it decides whose it is. */
export type LiveMenu = { audience: MenuAudience; providerId: string }

/** Number of a segment in states, and of the group asked for (null: any); null: there is none. */
export type SegmentNumber = (
  segment: string,
  group: string | undefined,
) => { n: number; g: number | null } | null

function holds(audience: MenuAudience, state: CustomerState, numberOf: SegmentNumber): boolean {
  switch (audience.kind) {
    case 'all':
      return true
    case 'bound':
      return isMember(state)
    case 'unbound':
      return !isMember(state)
    case 'tier':
      return state.tier?.v === audience.tier
    case 'segment': {
      const asked = numberOf(audience.segment, audience.group)
      return (
        asked !== null &&
        state.seg?.some(([n, g]) => n === asked.n && (asked.g === null || asked.g === g)) === true
      )
    }
    case 'tab':
      return false
  }
}
const isMember = (state: CustomerState): boolean => state.ids.some(id => id.kind === 'member_no')

/** LINE's id of the menu to link; null: the one of all, or none. */
export function menuOf(menus: LiveMenu[], state: CustomerState, numberOf: SegmentNumber): string | null {
  const own = menus.find(m => holds(m.audience, state, numberOf))
  return own === undefined || own.audience.kind === 'all' ? null : own.providerId
}

export const menuObject = ({ name, chatBarText, selected, size, areas }: MenuDraft): MenuObject => ({
  size,
  selected,
  name,
  chatBarText,
  areas,
})

/** What stands between a draft and LINE. `aliases`: those of the account's other menus that are live. */
export function menuFaults(
  menu: MenuDraft,
  audience: MenuAudience,
  alias: string | null,
  aliases: ReadonlySet<string>,
): LineDetail[] {
  const faults = checkMenu(menuObject(menu))
  if (audience.kind === 'tab' && !alias)
    faults.push({ property: 'alias', message: 'A menu that others switch to needs an alias' })
  menu.areas.forEach(({ action: a }, i) => {
    const to = a.type === 'richmenuswitch' ? String(a.richMenuAliasId ?? '') : null
    if (to !== null && to !== '' && to !== alias && !aliases.has(to))
      faults.push({
        property: `areas[${i}].action.richMenuAliasId`,
        message: `No live menu has the alias ${to}`,
      })
  })
  return faults
}
