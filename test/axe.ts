// What axe finds wrong with a page as it is shown.
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Picture } from './pictures.ts'

/** Serious and critical faults, each with the place of the first. Colours that are still changing are waited for: half
 *  way between light and dark they are nobody's. A fault is one that a second look finds, too: a notice that happens to
 *  fade away during the first is none. */
export async function seriousFaults(page: Page): Promise<string[]> {
  const first = await look(page)
  if (first.length === 0) return first
  const again = new Set(await look(page))
  return first.filter(fault => again.has(fault))
}

/** Nothing serious in light or in dark, and a picture of each. Leaves the page light. */
export async function expectCleanInBothSchemes(page: Page, name: string, picture: Picture): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await seriousFaults(page), `${name} ${colorScheme}`).toEqual([])
    await picture(page, `${name}-${colorScheme}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

async function look(page: Page): Promise<string[]> {
  await page.evaluate(`new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)))
    .then(() => Promise.allSettled(document.getAnimations()
      .filter(a => a.effect?.getComputedTiming().endTime !== Infinity).map(a => a.finished)))
    .then(() => null)`)
  await page.evaluate(axe.source) // not added as a script: the page's own policy forbids that
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run())
  return violations
    .filter(v => v.impact === 'serious' || v.impact === 'critical')
    .map(v => `${v.id} at ${String(v.nodes[0]?.target)}`)
}
