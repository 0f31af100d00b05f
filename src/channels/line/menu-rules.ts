// What LINE demands of a rich menu and its picture. Pure. Source: developers.line.biz/en/reference/messaging-api (rich menu
// object; requirements of rich menu images).
import type { LineDetail } from './api.ts'
import { checkAction } from './message-rules.ts'

export type MenuBounds = { x: number; y: number; width: number; height: number }
export type MenuArea = { bounds: MenuBounds; action: Record<string, unknown> & { type: string } }
export type MenuObject = {
  size: { width: number; height: number }
  /** shown without a tap on the bar */
  selected: boolean
  name: string
  chatBarText: string
  areas: MenuArea[]
}

export const MENU_LIMITS = {
  areas: 20,
  name: 300,
  chatBarText: 14,
  width: { min: 800, max: 2_500 },
  height: { min: 250 },
  /** width through height */
  ratio: 1.45,
  pictureBytes: 1024 * 1024,
} as const

export function checkMenuSize(size: { width?: unknown; height?: unknown } | undefined): LineDetail[] {
  const { width, height } = size ?? {}
  const { width: wide, height: high, ratio } = MENU_LIMITS
  if (!Number.isInteger(width) || (width as number) < wide.min || (width as number) > wide.max)
    return [{ property: 'size.width', message: `must be between ${wide.min} and ${wide.max}` }]
  if (!Number.isInteger(height) || (height as number) < high.min)
    return [{ property: 'size.height', message: `must be at least ${high.min}` }]
  return (width as number) / (height as number) < ratio
    ? [{ property: 'size', message: `width / height must be at least ${ratio}` }]
    : []
}

/** What is wrong, by the property as LINE names it. */
export function checkMenu(menu: unknown): LineDetail[] {
  if (typeof menu !== 'object' || menu === null) return [{ property: '', message: 'May not be empty' }]
  const { size, name, chatBarText, areas, selected } = menu as Partial<MenuObject>
  const faults = checkMenuSize(size)
  if (typeof selected !== 'boolean') faults.push({ property: 'selected', message: 'May not be empty' })
  const text = (property: 'name' | 'chatBarText', value: unknown) => {
    if (typeof value !== 'string' || value.trim() === '' || value.length > MENU_LIMITS[property])
      faults.push({ property, message: `Length must be between 1 and ${MENU_LIMITS[property]}` })
  }
  text('name', name)
  text('chatBarText', chatBarText)
  if (!Array.isArray(areas) || areas.length > MENU_LIMITS.areas)
    return [...faults, { property: 'areas', message: `Size must be between 0 and ${MENU_LIMITS.areas}` }]
  areas.forEach(({ bounds, action }, i) => {
    const { x, y, width, height } = bounds ?? {}
    const whole = [x, y, width, height].every(n => Number.isInteger(n) && n >= 0)
    if (!whole || width < 1 || height < 1)
      faults.push({ property: `areas[${i}].bounds`, message: 'must be whole numbers' })
    else if (size && (x + width > size.width || y + height > size.height))
      faults.push({ property: `areas[${i}].bounds`, message: 'must lie inside the menu' })
    faults.push(...checkAction(action, `areas[${i}].action`))
  })
  return faults
}
