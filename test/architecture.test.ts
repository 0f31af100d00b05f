// The rules of docs/ARCHITECTURE.md that a reader cannot see at a glance, checked. Each breach says how to mend it.
import { existsSync, readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cycles, importsOf, reach, readSources, root, type Source } from './sources.ts'

const all = readSources(['src', 'web', 'pixel', 'test', 'bench', 'scripts', 'bin'])
const product = new Map([...all].filter(([path]) => path.startsWith('src/') && !/\.test\.tsx?$/.test(path)))

/** Files that decide: no I/O, no clock, no randomness, also in what they import. */
const DECIDE = [
  /^src\/rules\//,
  /^src\/segments\/(fold|plan|definition|marks|reasons)\.ts$/,
  /^src\/segments\/library\/(?!figures|vocabulary|routes)/,
  /^src\/insight\/metrics\/orders\.ts$/,
  /^src\/experiments\/(stats|identity)\.ts$/,
  /^src\/campaigns\/figures\.ts$/,
  /^src\/membership\/(fold|coupons|points|due|held|commands)\.ts$/,
  /^src\/journeys\/(?!store|routes|enroll-routes|people|publish|counts|present)/,
  /^src\/customers\/(reduce|fold|merge|profile|profile-plan|orders|order-facts|order-worth|order-view|remember|standing|event-props|contacts|money|world|model|pack|pack-memory|settings|attributes|activity|affinity|cart|phase|reach|stage|statements|touch|visits|identity|shared|conflicts|decisions|answer|notes|split(-person|-restores)?|whose|restore|preview|line)\.ts$/,
  /^src\/(.+\/)?model\.ts$/,
  /^src\/contract(\.ts|\/)/,
  /^src\/inbox\/(fold|fold-stands|model|history-rows|history-orders|history-columns)\.ts$/,
  /^src\/messages\/(model|decide|render(-[a-z]+)?)\.ts$/,
  /^src\/modules\/(diff|lint|mail-blocks)\.ts$/,
]
const decides = (path: string): boolean => DECIDE.some(d => d.test(path))

/** Packages and Node modules that only compute. */
const COMPUTES = new Set([
  'zod',
  'yaml',
  'lru-cache',
  'liquidjs',
  'temporal-polyfill',
  'rrule-temporal',
  'tyme4ts',
  'libphonenumber-js',
  'libphonenumber-js/max',
  'libphonenumber-js/min',
  'libphonenumber-js/mobile',
  'htmlparser2',
  'sms-segments-calculator',
  'entities',
  'node:crypto',
  'node:zlib',
  'node:util',
  'node:buffer',
])

/** One way: a file may load what stands to the left of its own folder, and files that decide, wherever they are. */
const ORDER = [
  'platform',
  'channels',
  'inbox',
  'catalogue',
  'modules',
  'journeys',
  'experiments',
  'messages',
  'customers',
  'membership',
  'collect',
  'imports',
  'segments',
  'line',
  'trial',
  'campaigns',
  'connectors',
  'audiences',
  'outflow',
  'team',
  'privacy',
  'consent',
  'conversations',
  'insight',
  'sandbox',
  'demo',
  '.',
  'cli',
]
/** Routes, and folders that only put others together (from insight on), stand above every store and worker. */
const isRoutes = (path: string): boolean => /\/routes\.ts$/.test(path)
const rankOf = (path: string): number =>
  ORDER.indexOf(folderOf(path)) +
  (isRoutes(path) || ORDER.indexOf(folderOf(path)) >= ORDER.indexOf('insight') ? 100 : 0)
const folderOf = (path: string): string => /^src\/([^/]+)\//.exec(path)?.[1] ?? '.'

const show = (breaches: string[]): string => breaches.join('\n')

describe('imports', () => {
  test('no file loads itself in a circle', () => {
    const found = cycles(new Map([...all].filter(([p]) => !p.endsWith('.d.ts'))))
    expect(
      show(
        found.map(
          c => `${c.join(' → ')}\n  Move what both need into a third file, or pass it as an argument.`,
        ),
      ),
    ).toBe('')
  })

  test('folders load one way', () => {
    const breaches: string[] = []
    for (const [path, source] of product) {
      if (decides(path)) continue
      const own = rankOf(path)
      if (!ORDER.includes(folderOf(path)))
        breaches.push(
          `${path}: src/${folderOf(path)} has no place in ORDER of test/architecture.test.ts. Give it one.`,
        )
      for (const i of source.imports) {
        if (!i.ours || !i.atRunTime || i.later || decides(i.to) || !i.to.startsWith('src/')) continue
        if (rankOf(i.to) > own)
          breaches.push(
            `${path} loads ${i.to}, but ${folderOf(path)} comes before ${folderOf(i.to)} (${ORDER.join(' ← ')}).\n  Move the function, pass it in where both are put together (src/compose.ts, src/web.ts), or append an input instead.`,
          )
      }
    }
    expect(show(breaches)).toBe('')
  })

  test('what decides does no I/O, asks no clock and throws no dice', () => {
    const breaches: string[] = []
    for (const [path, source] of product) {
      if (!decides(path)) continue
      for (const [to, way] of reach(product, path)) {
        if (to.startsWith('src/') || COMPUTES.has(to)) continue
        breaches.push(
          `${way.join(' → ')}: a file that decides may not reach ${to}.\n  Let the caller do the I/O and pass in what it found.`,
        )
      }
      const code = source.text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')
      const odd =
        /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.now\(|\bprocess\.env\b|\bfetch\(|\bsetTimeout\(/.exec(
          code,
        )
      if (odd)
        breaches.push(
          `${path}: ${odd[0]} in a file that decides.\n  Take the time (or the choice) as an argument.`,
        )
    }
    expect(show(breaches)).toBe('')
  })

  test('a state is read and written by src/customers/pack.ts alone', () => {
    const breaches = [...all].flatMap(([path, source]) =>
      /JSON\.parse\([\w.![\]]*\bstate\)/.test(source.text)
        ? [`${path}: JSON.parse of a state.\n  Use unpackState of src/customers/pack.ts.`]
        : [],
    )
    expect(show(breaches)).toBe('')
  })

  test('the web loads of the server only what needs no Node', () => {
    const breaches: string[] = []
    for (const path of all.keys()) {
      if (!path.startsWith('web/') || /vite\.config|\.test\./.test(path)) continue
      for (const [to, way] of reach(all, path)) {
        const server = way.find(p => p.startsWith('src/'))
        if (!server || to.startsWith('src/') || to.startsWith('web/')) continue
        // the build puts web/crypto.ts in its place
        if (to === 'node:crypto' && way.at(-2) === 'src/platform/ids.ts') continue
        if (to.startsWith('node:') || !COMPUTES.has(to))
          breaches.push(
            `${way.join(' → ')}: the web would load ${to}.\n  Import the type only, or move what the web needs into a model.ts.`,
          )
      }
    }
    expect([...new Set(breaches)].join('\n')).toBe('')
  })

  test('only a subject’s own store and workers hold SQL: routes ask them', () => {
    const breaches: string[] = []
    for (const [path, source] of product)
      if (
        /\/routes\.ts$/.test(path) &&
        /\b(select|insert into|update|delete from)\b[^'"`]*\b(from|set|values|where)\b/i.test(
          source.text.replace(/^\s*(\/\/|\*).*$/gm, '').replace(/'[^'\n]*'/g, ''),
        )
      )
        breaches.push(
          `${path}: SQL in routes.\n  Move it into store.ts as a function named after its question.`,
        )
    expect(show(breaches)).toBe('')
  })
})

describe('texts', () => {
  const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter(Boolean)
  const text = (path: string): string => {
    try {
      return readFileSync(join(root, path), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '' // removed, not yet committed
      throw error
    }
  }

  test('files are small enough to read', () => {
    const long = [...all.values()]
      .filter(s => s.lines > 700)
      .map(s => `${s.path} has ${s.lines} lines.\n  Cut it by what its parts are about; 400 is long already.`)
    expect(show(long)).toBe('')
  })

  test('each source file says first what it is for', () => {
    const mute = [
      ...product.values(),
      ...[...all.values()].filter(s => /^(web|test|bench|scripts|pixel)\//.test(s.path)),
    ]
      .filter(s => !/\.test\.tsx?$/.test(s.path))
      .filter(s => !/\.test\.tsx?$/.test(s.path) && !/^(#!.*\n)?(\/\/|\/\*)/.test(s.text))
      .map(
        s =>
          `${s.path} opens without a sentence.\n  Say in one or two what it is for and what it may assume.`,
      )
    expect(show(mute)).toBe('')
  })

  test('a comment stands before what it is about', () => {
    const breaches = [...all.values()].flatMap(s =>
      [...s.text.matchAll(/\*\/\n *(?=\/\*\*)/g)].map(
        m =>
          `${s.path}:${s.text.slice(0, m.index).split('\n').length}: two comments in a row.\n  Make them one, or move the first to what it is about.`,
      ),
    )
    expect(show(breaches)).toBe('')
  })

  test('the pages say nothing in Chinese that is not in the catalogue of texts', () => {
    const breaches: string[] = []
    for (const s of all.values()) {
      if (!/^web\/.*\.tsx$/.test(s.path) || /i18n|locales|texts|\.test\./.test(s.path)) continue
      s.text.split('\n').forEach((line, i) => {
        const code = line
          .replace(/\/\/.*$/, '')
          .replace(/\{?\/\*.*?\*\/\}?/g, '')
          .replace(/^\s*\*.*$/, '')
        if (/[\u3400-\u9fff]/.test(code) && !/旅圖|繁體中文|中文/.test(code))
          breaches.push(
            `${s.path}:${i + 1}: ${line.trim().slice(0, 80)}\n  Put the text into both languages of web/i18n and use its key.`,
          )
      })
    }
    expect(show(breaches)).toBe('')
  })

  test('what the documents name is there', () => {
    const there = tracked.filter(path => existsSync(join(root, path)))
    const breaches: string[] = []
    for (const doc of tracked.filter(path => path.endsWith('.md') && !path.startsWith('test/')))
      for (const [, name] of text(doc).matchAll(/`([\w./*-]+)`/g)) {
        if (!/^(src|web|pixel|test|bench|scripts|bin|migrations|docs)\/|^[\w-]+\.tsx?$/.test(name!)) continue
        const parts = name!.replace(/\/$/, '').split('*').map(RegExp.escape)
        const named = new RegExp(`(^|/)${parts.join('[^/]*')}(/|$)`)
        if (!there.some(path => named.test(path)))
          breaches.push(`${doc} names ${name}, which is not there.\n  Name what has taken its place.`)
      }
    expect(show(breaches)).toBe('')
  })

  test('each dependency has its reason, and each reason its dependency', () => {
    const { dependencies, devDependencies } = JSON.parse(text('package.json')) as Record<string, object>
    const has = [...Object.keys(dependencies!), ...Object.keys(devDependencies!)].filter(
      n => !/^@types\//.test(n),
    )
    const [, section] = text('docs/ARCHITECTURE.md').split('## Dependencies, and why each')
    const told = [...section!.matchAll(/^\| ([^|]+) \|/gm)]
      .flatMap(([, names]) => names!.split(/[,;] /))
      .filter(n => /^[@\w]/.test(n) && !/ and the like$/.test(n))
    expect(told.toSorted()).toEqual(has.toSorted())
  })

  test('the order of folders is the one that the document draws', () => {
    expect(text('docs/ARCHITECTURE.md')).toContain(ORDER.slice(0, ORDER.indexOf('insight')).join(' ← '))
  })

  test('nothing committed names this machine or a package registry', () => {
    const patterns: [RegExp, string][] = [
      [new RegExp(`${'/'}(?:work|root|home/\\w+)/[\\w.]+/`), 'a path of one machine'],
      [/registry\.(?!json)[\w-]+\.\w{2,}/, 'a registry host'],
    ]
    const breaches: string[] = []
    for (const path of tracked) {
      if (/\.(png|ico|woff2?|gz)$/.test(path)) continue
      for (const [pattern, what] of patterns) {
        const m = pattern.exec(text(path))
        if (m)
          breaches.push(
            `${path} holds ${what} (${m[0]}).\n  Take it out${path === 'package-lock.json' ? ': npm install with omit-lockfile-registry-resolved=true' : ''}.`,
          )
      }
    }
    expect(show(breaches)).toBe('')
  })
})

test('the reader of imports tells types from values, and now from later', () => {
  const from = (text: string): Partial<Source['imports'][number]>[] =>
    importsOf('src/a/b.ts', text).map(({ to, atRunTime, later }) => ({ to, atRunTime, later }))
  expect(
    from(
      "import type { A } from 'x'\nimport { type B } from 'y'\nimport { type C, d } from '../z/e.ts'\nexport * from './f.ts'\nimport 'g'",
    ),
  ).toEqual([
    { to: 'x', atRunTime: false, later: false },
    { to: 'y', atRunTime: false, later: false },
    { to: 'src/z/e.ts', atRunTime: true, later: false },
    { to: 'src/a/f.ts', atRunTime: true, later: false },
    { to: 'g', atRunTime: true, later: false },
  ])
  expect(from("const a = async () => (await import('./f.ts')).go()\ntype B = import('./g.ts').B")).toEqual([
    { to: 'src/a/f.ts', atRunTime: true, later: true },
    { to: 'src/a/g.ts', atRunTime: false, later: true },
  ])
})
