import { describe, expect, test } from 'vitest'
import { endpoints } from '../../contract.ts'
import { MASK_ALL, maskAnswer, maskContacts, maskEmail, maskName, maskPhone } from './mask.ts'

describe('R3-50 R1-47 masks', () => {
  test.each([
    ['0912345678', '0912***678'],
    ['+886912345678', '0912***678'],
    ['0912-345-678', '0912***678'],
    ['12', '***'],
  ])('phone %s reads as %s', (phone, masked) => expect(maskPhone(phone)).toBe(masked))

  test.each([
    ['王小明', '王**'],
    ['歐陽娜娜', '歐**'],
    ['Ming Wang', 'M***'],
    ['', ''],
  ])('name %s reads as %s', (name, masked) => expect(maskName(name)).toBe(masked))

  test('e-mail, and contacts inside other texts', () => {
    expect(maskEmail('kate@example.com')).toBe('k***@example.com')
    expect(maskContacts('請打 0912-345-678 或寫信到 kate.lin@shop.example.tw，謝謝')).toBe(
      '請打 0912***678 或寫信到 k***@shop.example.tw，謝謝',
    )
    expect(maskContacts('U1234567890abcdef1234567890abcdef')).toBe('U12***ef')
  })

  test('what only looks like a contact stays: times, amounts, order numbers, ids', () => {
    for (const text of [
      '2026-05-01T12:00:00.000Z',
      'A20260501-0001',
      'cus_01hx3v5k8m9n2p4q6r8s0t2v4w',
      '1234567890',
      'NT$12,345',
    ])
      expect(maskContacts(text)).toBe(text)
  })

  const at = '2026-05-01T12:00:00.000Z'
  test('a customer: identifiers and attributes by their kind, the rest by its form', () => {
    const masked = maskAnswer(
      endpoints.customer,
      {
        name: '王小明',
        identifiers: [
          { kind: 'email', value: 'kate@example.com' },
          { kind: 'member_no', value: 'M0001' },
          { kind: 'line_uid', value: 'U1234567890abcdef1234567890abcdef' },
        ],
        traits: [
          { name: 'phone', value: '0912345678' },
          { name: 'first_name', value: '小明' },
          { name: 'birthday', value: '1990-05-01' },
          { name: 'note', value: '回電 0912345678' },
          { name: 'size', value: 'M' },
          { name: 'address.street', value: '信義路五段 7 號' },
          { name: 'address.city', value: '台北市' },
          { name: 'allergy', value: '花生', sensitive: true },
        ],
        firstSeen: at,
      },
      MASK_ALL,
    )
    expect(masked).toEqual({
      name: '王**',
      identifiers: [
        { kind: 'email', value: 'k***@example.com' },
        { kind: 'member_no', value: 'M0001' },
        { kind: 'line_uid', value: 'U12***ef' },
      ],
      traits: [
        { name: 'phone', value: '0912***678' },
        { name: 'first_name', value: '小**' },
        { name: 'birthday', value: '***' },
        { name: 'note', value: '回電 0912***678' },
        { name: 'size', value: 'M' },
        { name: 'address.street', value: '***' },
        { name: 'address.city', value: '台北市' },
        { name: 'allergy', value: '***', sensitive: true },
      ],
      firstSeen: at,
    })
  })

  test('an event: a product keeps its name, a person does not', () => {
    const item = {
      name: 'Order Completed',
      props: {
        products: [{ name: '咖啡豆' }],
        customer: { name: '王小明', phone: 912345678 },
        traits: { name: '王小明', email: 'kate@example.com' },
        shipping_address: '台北市信義路五段 7 號',
      },
    }
    expect(maskAnswer(endpoints.timeline, { items: [item], next: null }, MASK_ALL)).toEqual({
      items: [
        {
          name: 'Order Completed',
          props: {
            products: [{ name: '咖啡豆' }],
            customer: { name: '王**', phone: '9123***678' },
            traits: { name: '王**', email: 'k***@example.com' },
            shipping_address: '***',
          },
        },
      ],
      next: null,
    })
  })

  test('search: a customer’s name or contact, not a journey’s title', () => {
    const hit = (kind: string, title: string, detail = '') => ({ kind, id: 'x', title, detail })
    const items = [
      hit('customer', '王小明', 'M1 · kate@example.com'),
      hit('customer', 'M0001'),
      hit('journey', '王小明的旅程'),
    ]
    expect(maskAnswer(endpoints.search, { items }, MASK_ALL)).toEqual({
      items: [
        hit('customer', '王**', 'M1 · k***@example.com'),
        hit('customer', 'M0001'),
        hit('journey', '王小明的旅程'),
      ],
    })
  })

  test('as configured: names stay where the workspace masks contacts only; the team’s own data is never masked', () => {
    const row = { items: [{ name: '王小明', email: 'kate@example.com' }] }
    expect(maskAnswer(endpoints.customers, row, { names: false, contacts: true })).toEqual({
      items: [{ name: '王小明', email: 'k***@example.com' }],
    })
    const team = { users: [{ email: 'boss@example.com' }] }
    expect(maskAnswer(endpoints.team, team, MASK_ALL)).toBe(team)
  })
})
