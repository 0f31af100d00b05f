// Every page of the app in Chromium, in both languages, light and dark: it shows its heading, logs no error, and axe
// finds nothing serious. SHOTS=folder keeps a picture of each.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFaults } from './axe.ts'
import { createFirstLink } from '../src/team/links.ts'
import type { TestCore } from './harness.ts'
import { pictures } from './pictures.ts'
import { openSite, type Site } from './site.ts'

let site: Site
let core: TestCore

beforeAll(async () => {
  site = await openSite()
  core = site.core
}, 120_000)
afterAll(() => site?.close())

const LANGUAGES = {
  'zh-TW': { menu: '主要選單', first: '先進去看看', home: '首頁' },
  en: { menu: 'Main menu' },
} as const

test('R3-46: every page in both languages, light and dark, is clean by axe', {
  timeout: 600_000,
}, async () => {
  const page = await site.browser.context.newPage()
  const errors: string[] = []
  page.on('pageerror', e => errors.push(e.message))
  await page.goto(core.baseUrl + (await createFirstLink(core)))
  await page.getByRole('button', { name: LANGUAGES['zh-TW'].first }).waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await page.getByRole('button', { name: LANGUAGES['zh-TW'].first }).click()
  await page.getByRole('heading', { level: 1, name: LANGUAGES['zh-TW'].home }).waitFor()
  const faults: string[] = []
  const picture = pictures('page')
  let looked = 0
  for (const language of ['zh-TW', 'en'] as const) {
    if (language === 'en') {
      await page.getByRole('button', { name: '語言' }).click()
      await page.getByRole('menuitem', { name: 'English' }).click()
    }
    const menu = page.getByRole('navigation', { name: LANGUAGES[language].menu })
    await menu.getByRole('link').first().waitFor()
    const paths = await menu
      .getByRole('link')
      .evaluateAll(all => [...new Set(all.map(a => a.getAttribute('href') ?? ''))])
    expect(paths.length).toBeGreaterThanOrEqual(9)
    paths.push(...paths.filter(p => p.endsWith('/sources')).map(p => p + '?tab=install'))
    for (const path of paths) {
      await page.goto(core.baseUrl + path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      for (const scheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: scheme })
        looked++
        for (const f of await seriousFaults(page)) faults.push(`${language} ${scheme} ${path}: ${f}`)
        await picture(page, `${language}-${scheme}-${path.split('/').pop() || 'home'}`)
      }
    }
  }
  expect(looked).toBeGreaterThanOrEqual(36)
  expect(faults).toEqual([])
  expect(errors).toEqual([])
})
