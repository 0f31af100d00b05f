// Parts of an SMS at their boundaries, and what the lint of Taiwan's rules finds.
import { describe, expect, test } from 'vitest'
import { isStopWord, lintSms, smsParts } from './sms.ts'

describe('parts', () => {
  test.each([
    ['a'.repeat(160), 'GSM-7', 1, 160],
    ['a'.repeat(161), 'GSM-7', 2, 161],
    ['a'.repeat(306), 'GSM-7', 2, 306],
    ['a'.repeat(307), 'GSM-7', 3, 307],
    // the characters of the extension table take two
    ['€'.repeat(80), 'GSM-7', 1, 160],
    ['€'.repeat(81), 'GSM-7', 2, 162],
    ['茶'.repeat(70), 'UCS-2', 1, 70],
    ['茶'.repeat(71), 'UCS-2', 2, 71],
    ['茶'.repeat(134), 'UCS-2', 2, 134],
    ['茶'.repeat(135), 'UCS-2', 3, 135],
    // one character outside of GSM-7 makes the whole text UCS-2
    ['a'.repeat(70) + '茶', 'UCS-2', 2, 71],
    // an emoji is two units, never cut between parts
    ['😀'.repeat(35), 'UCS-2', 1, 70],
    ['😀'.repeat(67), 'UCS-2', 3, 134],
    ['', 'GSM-7', 1, 0],
  ] as const)('%s', (text, encoding, parts, units) => {
    expect(smsParts(text)).toMatchObject({ encoding, parts, units })
  })
})

describe('lint of Taiwan’s rules', () => {
  const settings = { registeredLinks: 'mist.tea, https://lin.ee/abc\n02-2345-6789', senderName: '霧丘茶事' }
  const kinds = (text: string) => lintSms(text, settings).map(w => [w.kind, w.value])

  test('registered links and numbers pass, with a path below them or not', () => {
    expect(kinds('【霧丘茶事】看 https://www.mist.tea/oolong?x=1 或 lin.ee/abc，洽 (02)2345-6789')).toEqual(
      [],
    )
  })
  test('a host beside a registered one is another; so is a path beside a registered one', () => {
    expect(kinds('霧丘茶事 https://mist.tea.evil.example/x lin.ee/abcd https://bit.ly/1')).toEqual([
      ['link_not_registered', 'https://mist.tea.evil.example/x'],
      ['link_not_registered', 'lin.ee/abcd'],
      ['link_not_registered', 'https://bit.ly/1'],
    ])
  })
  test('a number that is not registered, in a Chinese sentence', () => {
    expect(kinds('霧丘茶事：請撥 0912-345-678 預約')).toEqual([['phone_not_registered', '0912 345 678']])
  })
  test('the sender’s name is missing', () => {
    expect(kinds('今天買一送一')).toEqual([['sender_missing', '霧丘茶事']])
  })
  test('an account that names nothing is not looked at', () => {
    expect(lintSms('https://bit.ly/1 0912345678', {})).toEqual([])
  })
})

test('a stop word is one alone, in both languages', () => {
  for (const word of ['STOP', ' stop ', '退訂', '退訂。', 'Unsubscribe', 'ＳＴＯＰ'])
    expect(isStopWord(word)).toBe(true)
  for (const text of ['不要退訂', 'stop by our shop', '']) expect(isStopWord(text)).toBe(false)
})
