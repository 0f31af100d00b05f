// The canvas with 300 nodes in Chromium: frames a second while panning, dragging a node and zooming; how long it takes to
// open and to show a typed letter; the size of the first page.
import { openBrowser } from '../test/browser.ts'
import { createWorkspace } from '../src/catalogue/workspace.ts'
import type { JourneyGraph, NodeData } from '../src/journeys/model.ts'
import { createJourney } from '../src/journeys/store.ts'
import { publicId } from '../src/platform/ids.ts'
import { createFirstLink } from '../src/team/links.ts'
import { machine } from './machine.ts'
import { startProduct } from './product.ts'
import { ms, type Report } from './report.ts'
import { firstPage } from './rest.ts'

const NODES = 300

/** Waits, splits and sends in turns, as wide as a journey of that size is. */
export function largeJourney(size = NODES): JourneyGraph {
  const nodes: Record<string, NodeData> = {}
  const id = (i: number): string | null => (i < size ? `n${i}` : null)
  for (let i = 0; i < size; i++) {
    const kind = i % 5
    nodes[`n${i}`] =
      kind === 0
        ? { type: 'delay', fields: { ms: 3_600_000 }, next: { next: id(i + 1) } }
        : kind === 1
          ? {
              type: 'split',
              fields: { branches: [{ name: 'vip', rule: { op: 'tags', is: 'any', tags: ['vip'] } }] },
              next: { vip: id(i + 1), else: id(i + 2) },
            }
          : kind === 4
            ? {
                type: 'wait_event',
                fields: { event: 'Order Completed', timeoutMs: 86_400_000 },
                next: { event: i % 20 === 4 ? null : id(i + 1), timeout: id(i + 1) },
              }
            : {
                type: 'send',
                fields: {
                  channel: 'line',
                  purpose: 'marketing',
                  content: { channel: 'line', messages: [{ type: 'text', text: `第 ${i} 則訊息，您好` }] },
                },
                next: { accepted: kind === 2 ? id(i + 2) : id(i + 1) },
              }
  }
  return {
    format: 1,
    name: `${size} nodes`,
    trigger: { kind: 'event', event: 'Product Added' },
    reentry: { kind: 'never' },
    exits: [],
    start: 'n0',
    nodes,
  }
}

/** Frames that the page drew between two moments. */
const COUNT = `globalThis.frames_ = []; (function tick(at) { globalThis.frames_.push(at); requestAnimationFrame(tick) })(performance.now())`

export async function web(options: { seconds: number }): Promise<Report> {
  const load = machine().load
  const product = await startProduct()
  const browser = await openBrowser()
  try {
    const page = await browser.context.newPage()
    page.setDefaultTimeout(30_000)
    await page.goto(product.baseUrl + (await createFirstLink(product.core)))
    await page.getByRole('button', { name: '先進去看看' }).click()
    await page.getByRole('heading', { level: 1, name: '首頁' }).waitFor()
    const { rows } = await product.core.pool.query<{ id: string }>('select id from team_user limit 1')
    const space = await createWorkspace(product.core, { name: 'Bench', kind: 'sandbox', owner: rows[0]!.id })
    const journey = await createJourney(product.core, space.id, largeJourney())
    const began = performance.now()
    await page.goto(`${product.baseUrl}/w/${publicId('wsp', space.id)}/journeys/${publicId('jrn', journey)}`)
    await page.locator('[data-card="n0"]').waitFor()
    const openMs = performance.now() - began
    const cards = await page.locator('[data-card]').count()
    await page.getByRole('button', { name: '符合畫面' }).click()
    await page.evaluate(COUNT)
    const box = (await page.locator('.react-flow').boundingBox())!
    const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 }

    /** Moves the mouse as fast as it is taken, and counts the frames meanwhile. */
    const measure = async (
      move: (step: number) => Promise<void>,
    ): Promise<{ rate: number; slowest: number }> => {
      await page.evaluate('globalThis.frames_.length = 0')
      const end = performance.now() + options.seconds * 1000
      for (let step = 0; performance.now() < end; step++) await move(step)
      const frames = (await page.evaluate('globalThis.frames_')) as number[]
      const gaps = frames.slice(1).map((at, i) => at - frames[i]!)
      const all = (frames.at(-1)! - frames[0]!) / 1000
      const sorted = gaps.toSorted((a, b) => a - b)
      return { rate: gaps.length / all, slowest: sorted[Math.floor(sorted.length * 0.95)] ?? 0 }
    }
    const circle = (step: number, radius: number) => ({
      x: centre.x + Math.cos(step / 12) * radius,
      y: centre.y + Math.sin(step / 12) * radius,
    })
    const still = await measure(async () => {
      await page.waitForTimeout(50)
    })
    // beside the graph, which is a tall column
    const edge = { x: box.x + 30, y: centre.y }
    await page.mouse.move(edge.x, edge.y)
    await page.mouse.down()
    const pan = await measure(async step => {
      const { x, y } = circle(step, 120)
      await page.mouse.move(edge.x + x - centre.x + 120, y)
    })
    await page.mouse.up()
    const zoom = await measure(async step => {
      await page.mouse.wheel(0, step % 20 < 10 ? -60 : 60)
    })
    // close enough to see cards, then one of them is moved about
    await page.locator('[data-card="n0"]').click()
    await page.evaluate('document.querySelector("[data-card=n0]").focus()')
    for (let i = 0; i < 40; i++) await page.keyboard.press('ArrowDown')
    const at = await page.locator('[data-card]:focus').boundingBox()
    if (!at) throw new Error('no card has the focus')
    const from = { x: at.x + at.width / 2, y: at.y + at.height / 2 }
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    const drag = await measure(async step => {
      const { x, y } = circle(step, 90)
      await page.mouse.move(from.x + x - centre.x, from.y + y - centre.y)
    })
    await page.mouse.up()
    // a letter in a form: from the key to the frame after it is shown
    const title = page.getByLabel('節點名稱（可不填）')
    await title.click()
    const typed: number[] = []
    for (const letter of 'abcdefghij') {
      const pressed = performance.now()
      await page.keyboard.press(letter)
      await page.evaluate(
        'new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() => 0)',
      )
      typed.push(performance.now() - pressed)
    }
    typed.sort((a, b) => a - b)
    const fps = (m: { rate: number; slowest: number }) =>
      `${m.rate.toFixed(0)} frames/s, 95th gap ${ms(m.slowest)}`
    const size = firstPage()
    return {
      bench: 'web',
      size: `${NODES} nodes, ${options.seconds} s each`,
      right: cards === NODES + 1,
      figures: [
        { what: 'open the canvas', value: ms(openMs) },
        { what: 'at rest', value: fps(still) },
        { what: 'pan, all nodes in view', value: fps(pan), aim: '>= 50' },
        { what: 'zoom', value: fps(zoom), aim: '>= 50' },
        { what: 'drag a node', value: fps(drag), aim: '>= 50' },
        { what: 'a typed letter is shown after', value: ms(typed[5] ?? 0) },
        ...(size === null
          ? []
          : [{ what: 'first page', value: `${(size / 1024).toFixed(0)} KB of JS gzipped`, aim: '< 350 KB' }]),
      ],
      notes: [`Chromium draws in software here, beside product and engines; load before ${load}`],
    }
  } finally {
    await browser.close()
    await product.stop()
  }
}
