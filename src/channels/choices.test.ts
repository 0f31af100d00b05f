// Replies to tap, as the editors read and write them, within the providers' limits.
import { expect, test } from 'vitest'
import { CHOICE_LIMITS, type Choice, choicesOf, sameReply, tapsOf, withChoices } from './choices.ts'
import { messageContent } from './content.ts'

const rows = (n: number, length = 4): Choice[] =>
  Array.from({ length: n }, (_, i) => ({ title: `${i}`.padEnd(length, '好'), payload: `p${i}` }))
const wrong = (content: unknown) =>
  messageContent.safeParse(content).error?.issues.map(i => i.path.join('.')) ?? []

test('R4-04 buttons or a list on WhatsApp, quick replies on Messenger and Instagram; links beside them stay', () => {
  const whatsapp = { channel: 'whatsapp' as const, text: '哪一種？' }
  const buttons = withChoices(whatsapp, { kind: 'buttons', rows: rows(3) })
  expect(buttons).toEqual({ ...whatsapp, buttons: rows(3) })
  const list = withChoices(buttons, { kind: 'list', rows: rows(10), button: '看選項' })
  expect(list).toEqual({ ...whatsapp, list: { button: '看選項', rows: rows(10) } })
  expect(choicesOf(list)).toEqual({ kind: 'list', rows: rows(10), button: '看選項' })
  expect(withChoices(list, { kind: 'buttons', rows: [] })).toEqual(whatsapp)
  const links = [{ title: '逛逛', url: 'https://shop.example' }]
  for (const channel of ['messenger', 'instagram'] as const) {
    const chat = withChoices(
      { channel, text: '嗨', buttons: links },
      { kind: 'quickReplies', rows: rows(13) },
    )
    expect(chat).toEqual({ channel, text: '嗨', buttons: links, quickReplies: rows(13) })
    expect([
      wrong(chat),
      tapsOf(chat)
        .filter(t => t.link)
        .map(t => t.title),
    ]).toEqual([[], ['逛逛']])
    expect(withChoices(chat, { kind: 'quickReplies', rows: [] })).toEqual({
      channel,
      text: '嗨',
      buttons: links,
    })
  }
  expect([wrong(buttons), wrong(list)]).toEqual([[], []])
})

test('what the providers refuse is refused before: too many, too long, two that come back alike', () => {
  const { buttons, list, quickReplies } = CHOICE_LIMITS
  const whatsapp = (more: object) => ({ channel: 'whatsapp', text: '哪一種？', ...more })
  expect(wrong(whatsapp({ buttons: rows(buttons.rows + 1) }))).toEqual(['buttons'])
  expect(wrong(whatsapp({ buttons: rows(1, buttons.title + 1) }))).toEqual(['buttons.0.title'])
  expect(wrong(whatsapp({ list: { button: 'x', rows: rows(list.rows + 1) } }))).toEqual(['list.rows'])
  expect(wrong(whatsapp({ list: { button: 'x', rows: rows(1, list.title + 1) } }))).toEqual([
    'list.rows.0.title',
  ])
  expect(wrong(whatsapp({ list: { button: 'x'.repeat(list.button + 1), rows: rows(1) } }))).toEqual([
    'list.button',
  ])
  expect(wrong(whatsapp({ list: { button: 'x', rows: [] } }))).toEqual(['list.rows'])
  expect(wrong(whatsapp({ text: 'x'.repeat(1_025), buttons: rows(1) }))).toEqual(['text'])
  const chat = { channel: 'messenger', text: '嗨' }
  expect(wrong({ ...chat, quickReplies: rows(quickReplies.rows + 1) })).toEqual(['quickReplies'])
  const twice = [...rows(2), { title: '別的字', payload: 'p0' }]
  expect(sameReply(twice)).toBe(2)
  expect(wrong({ ...chat, quickReplies: twice })).toEqual(['quickReplies'])
  expect(wrong(whatsapp({ buttons: twice }))).toEqual(['buttons'])
  expect(wrong(whatsapp({ list: { button: 'x', rows: twice } }))).toEqual(['list.rows'])
})
