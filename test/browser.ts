// Chromium for tests, the web built for it, and waiting for what comes about there.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'

const CHROMIUM = process.env.CHROME_PATH ?? '/usr/bin/chromium'

/** A browser of its own with an empty profile. @throws when the machine has no Chromium: a test never passes without */
export async function openBrowser(): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  if (!existsSync(CHROMIUM))
    throw new Error(`no Chromium at ${CHROMIUM}: apt-get install chromium, or set CHROME_PATH`)
  const profile = mkdtempSync(join(tmpdir(), 'itinera-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    locale: 'zh-TW',
    // a person's browser: links opened by one that says it is headless count as a scanner's
    userAgent:
      'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    viewport: { width: 1440, height: 900 },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  return {
    context,
    async close() {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

/** Builds the web and the pixel into dist when their sources changed, as `npm start` does. */
export async function buildWeb(): Promise<void> {
  const runtime = (await import(new URL('../scripts/runtime.mjs', import.meta.url).href)) as {
    ensureWebBuilt(node: string): void
  }
  runtime.ensureWebBuilt(process.execPath)
}

/** Asks again until `ask` gives something; the limit is a failure, not a wait. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  limitMs = 40_000,
): Promise<T> {
  const end = performance.now() + limitMs
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (performance.now() > end) throw new Error(`did not come about in ${limitMs} ms: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}
