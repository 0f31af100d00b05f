// Pictures of pages for people to look at: SHOTS=/folder keeps one of each scene; without it none is taken.
import type { Page } from 'playwright-core'

export type Picture = (page: Page, name: string) => Promise<void>

/** Takes whole pages as `<subject>-<name>.png`. */
export const pictures =
  (subject: string): Picture =>
  async (page, name) => {
    const folder = process.env.SHOTS
    if (folder) await page.screenshot({ path: `${folder}/${subject}-${name}.png`, fullPage: true })
  }
