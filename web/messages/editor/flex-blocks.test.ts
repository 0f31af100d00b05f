// Cards of blocks and the JSON that LINE takes: what was made of blocks is read back as the same blocks, other JSON is not taken.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cardsOf, contentsOf, type FlexBlock, type FlexCard } from './flex-blocks.ts'

const words = fc.string({ maxLength: 20 })
const block: fc.Arbitrary<FlexBlock> = fc.oneof(
  fc.record({ kind: fc.constantFrom('title' as const, 'text' as const), words }),
  fc.record({ kind: fc.constant('price' as const), label: words, value: words }),
  fc.record({ kind: fc.constant('separator' as const) }),
  fc.record({
    kind: fc.constant('title' as const),
    words,
    when: fc.constant({ op: 'points', test: { is: 'over', value: 1 } } as const),
  }),
)
const button: fc.Arbitrary<FlexBlock> = fc.record({
  kind: fc.constant('button' as const),
  words,
  link: words,
  cta: words,
  style: fc.constantFrom('primary' as const, 'secondary' as const, 'link' as const),
})
const card: fc.Arbitrary<FlexCard> = fc
  .record({
    size: fc.constantFrom('kilo' as const, 'mega' as const, 'giga' as const),
    hero: fc.boolean(),
    body: fc.array(block, { maxLength: 4 }),
    buttons: fc.array(button, { maxLength: 2 }),
  })
  .map(({ size, hero, body, buttons }) => ({
    size,
    blocks: [
      ...(hero ? [{ kind: 'hero' as const, url: 'https://a.example/x.png', link: '' }] : []),
      ...body,
      ...buttons,
    ],
  }))

test('any cards are read back', () => {
  fc.assert(
    fc.property(fc.array(card, { minLength: 1, maxLength: 3 }), cards => {
      expect(cardsOf(contentsOf(cards))).toEqual(cards)
    }),
  )
})

test('JSON that says more than blocks do stays JSON', () => {
  const made = contentsOf([{ size: 'mega', blocks: [{ kind: 'title', words: 'x' }] }]) as {
    body: { contents: object[] }
  }
  expect(cardsOf({ ...made, styles: { body: {} } })).toBeNull()
  expect(
    cardsOf({ ...made, body: { ...made.body, contents: [{ type: 'icon', url: 'https://a' }] } }),
  ).toBeNull()
  expect(cardsOf('nothing')).toBeNull()
})
