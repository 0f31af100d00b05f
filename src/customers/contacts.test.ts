// The one written form of each identifier, and which LINE account reaches which LINE user.
import { describe, expect, test } from 'vitest'
import {
  cleanCardNo,
  cleanCarrier,
  cleanDeviceId,
  cleanLineUid,
  cleanPhone,
  lineAddressOf,
  lineUidOf,
  regionOf,
} from './contacts.ts'

describe('R3-20 a number without a country is of where the brand is', () => {
  test.each([
    ['Asia/Taipei', '0912-345-678', '+886912345678'],
    ['Asia/Hong_Kong', '6123 4567', '+85261234567'],
    ['Asia/Hong_Kong', '２３４５６７８９', '+85223456789'],
    ['Asia/Hong_Kong', '+886 912 345 678', '+886912345678'],
    ['Asia/Hong_Kong', '0912-345-678', null],
    ['Asia/Tokyo', '090-1234-5678', '+819012345678'],
    ['UTC', '0912345678', '+886912345678'],
  ])('%s %s', (zone, text, e164) => expect(cleanPhone(text, regionOf(zone))).toBe(e164))

  test('what was read for one country is not remembered for another', () => {
    expect(cleanPhone('23456789', 'HK')).toBe('+85223456789')
    expect(cleanPhone('23456789', 'MY')).not.toBe('+85223456789')
  })
})

describe('written forms', () => {
  test.each([
    [cleanCarrier, '/abc1234', '/ABC1234'],
    [cleanCarrier, '／ＡＢＣ１２３４', '/ABC1234'],
    [cleanCarrier, ' /A+.-1B2 ', '/A+.-1B2'],
    [cleanCarrier, '/ABC123', null],
    [cleanCarrier, 'ABC12345', null],
    [cleanCarrier, '/ABC_123', null],
    [cleanCardNo, '1234 5678-9012', '123456789012'],
    [cleanCardNo, 'vip００１２', 'VIP0012'],
    [cleanCardNo, '123', null],
    [cleanCardNo, '卡號 1234', null],
    [cleanDeviceId, ' 9F1B-22 ', '9F1B-22'],
    [cleanDeviceId, 'a b', null],
    [cleanLineUid, 'U1', 'U1'],
    [cleanLineUid, 'shop-b/U1', 'shop-b/U1'],
    [cleanLineUid, 'Shop B/U1', null],
    [cleanLineUid, 'a/b/U1', null],
  ])('%o of %s', (clean, given, cleaned) => {
    expect(clean(given)).toBe(cleaned)
  })

  test('a LINE user is reached by an account of the same provider only', () => {
    expect(lineUidOf(undefined, 'U1')).toBe('U1')
    expect(lineUidOf('shop-b', 'U1')).toBe('shop-b/U1')
    expect(lineAddressOf(undefined, 'U1')).toBe('U1')
    expect(lineAddressOf('shop-b', 'shop-b/U1')).toBe('U1')
    expect(lineAddressOf(undefined, 'shop-b/U1')).toBeNull()
    expect(lineAddressOf('shop-b', 'U1')).toBeNull()
  })
})
