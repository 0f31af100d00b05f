import { expect, test } from 'vitest'
import { cartNotPaid } from './examples.ts'
import { readScenarios, runScenario, type ScenarioFile } from './scenario.ts'

const TEXT = `
world: { quietHours: { from: '22:00', to: '08:00' } }
tests:
  - name: 一小時後提醒，點了就等三天
    person: { traits: { name: 王小明 }, line: true }
    steps:
      - event: Product Added
        props: { name: 燕麥奶 }
        expect: { entered: true, at: wait, messages: [] }
      - at: 1h
        expect:
          at: window
          messages: [{ node: line, state: accepted, contains: 燕麥奶 }]
      - { message: line, becomes: clicked }
      - { wait: 3d, expect: { at: [], exited: completed, goal: false } }
  - name: 晚上不打擾
    start: 2026-03-02T21:30:00+08:00
    person: { line: true }
    steps:
      - event: Product Added
      - { wait: 2h, expect: { at: line, messages: [{ node: line, state: intended }] } }
      - { wait: 9h, expect: { at: window } }
  - name: 當天已經提醒過
    person: { email: a@example.com, consent: { email: true } }
    steps:
      - event: Product Added
      - { wait: 4d, expect: { messages: [{ node: line, state: skipped, reason: no_address }, email] } }
      - { event: Product Added, expect: { notEntered: cool_down } }
`

const fileOf = (text: string): ScenarioFile => {
  const read = readScenarios(text)
  if ('faults' in read) throw new Error(JSON.stringify(read.faults))
  return read.file
}

test('scenarios are run with the clock skipped, and hold', () => {
  const file = fileOf(TEXT)
  for (const scenario of file.tests.slice(0, 2))
    expect(runScenario(cartNotPaid, scenario, file).failures).toEqual([])
})

test('what is otherwise is told with its step, what was expected and what was found', () => {
  const file = fileOf(TEXT)
  // the run ended a day after the third day: the cool-down of a day has not passed
  const result = runScenario(cartNotPaid, file.tests[2]!, file)
  expect(result).toMatchObject({ ok: true, failures: [] })
  const wrong = fileOf(
    TEXT.replace('at: window\n', 'at: email\n').replace('contains: 燕麥奶', 'contains: 豆漿'),
  )
  expect(runScenario(cartNotPaid, wrong.tests[0]!, wrong).failures).toMatchObject([
    { step: 2, what: 'at', expected: ['email'], found: ['window'] },
    { step: 2, what: 'messages.1 (line)', expected: '豆漿' },
  ])
  const early = fileOf(
    TEXT.replace('- { message: line, becomes: clicked }', '- { message: email, becomes: clicked }'),
  )
  expect(runScenario(cartNotPaid, early.tests[0]!, early).failures).toMatchObject([{ step: 3, what: 'step' }])
})

test('a file that is not right says in which line', () => {
  expect(readScenarios('tests:\n  - name: a\n    steps:\n      - wait: an hour\n')).toMatchObject({
    faults: [{ line: 4, message: expect.stringContaining("'1h30m'") as string }],
  })
  expect(readScenarios('tests:\n  - name: a\n    stepz: []\n')).toMatchObject({ faults: [{}, {}] })
})
