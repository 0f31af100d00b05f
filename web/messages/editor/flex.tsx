// A card of LINE: its blocks, or its JSON; several cards are a carousel.
import { Button, Group, Menu, SegmentedControl, Select, Stack, Tabs, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MergeText } from '../../journey/fields/merge.tsx'
import { cardsOf, contentsOf, FLEX_BLOCKS, type FlexBlock, type FlexCard, newBlock } from './flex-blocks.ts'
import { AsJson, Item } from './pieces.tsx'

const MOST_CARDS = 12

export function FlexEditor({
  contents,
  readOnly,
  change,
}: {
  contents: unknown
  readOnly: boolean
  change: (contents: object) => void
}) {
  const { t } = useTranslation()
  const cards = cardsOf(contents)
  const [json, showJson] = useState(cards === null)
  return (
    <Stack gap="xs">
      <SegmentedControl
        size="xs"
        aria-label={t('editor.mode')}
        value={json ? 'json' : 'blocks'}
        onChange={v => showJson(v === 'json')}
        data={[
          { value: 'blocks', label: t('editor.asBlocks') },
          { value: 'json', label: t('editor.asJson') },
        ]}
      />
      {json ? (
        <AsJson label={t('editor.json')} value={contents} readOnly={readOnly} change={change} />
      ) : cards === null ? (
        <Text size="sm" c="dimmed">
          {t('editor.notBlocks')}
        </Text>
      ) : (
        <Cards cards={cards} readOnly={readOnly} change={next => change(contentsOf(next))} />
      )}
    </Stack>
  )
}

function Cards({
  cards,
  readOnly,
  change,
}: {
  cards: FlexCard[]
  readOnly: boolean
  change: (cards: FlexCard[]) => void
}) {
  const { t } = useTranslation()
  const [open, show] = useState('0')
  const at = Math.min(Number(open), cards.length - 1)
  const card = cards[at]!
  const write = (next: Partial<FlexCard>) => change(cards.with(at, { ...card, ...next }))
  return (
    <Tabs value={String(at)} onChange={v => show(v ?? '0')} variant="outline">
      <Group gap={6} mb="xs" wrap="nowrap">
        <Tabs.List style={{ flex: 1 }}>
          {cards.map((_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: cards have no names
            <Tabs.Tab key={i} value={String(i)}>
              {t('editor.card', { n: i + 1 })}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {readOnly || cards.length >= MOST_CARDS ? null : (
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconPlus size={13} aria-hidden />}
            onClick={() => {
              change([...cards, { size: card.size, blocks: [newBlock('title')] }])
              show(String(cards.length))
            }}
          >
            {t('editor.addCard')}
          </Button>
        )}
      </Group>
      <Tabs.Panel value={String(at)}>
        <Stack gap={8}>
          {card.blocks.map((block, i) => (
            <Item
              // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no names
              key={i}
              i={i}
              items={card.blocks}
              title={t(`editor.block_${block.kind}`)}
              readOnly={readOnly}
              least={1}
              change={blocks => write({ blocks })}
            >
              <Block
                block={block}
                readOnly={readOnly}
                change={next => write({ blocks: card.blocks.with(i, next) })}
              />
            </Item>
          ))}
          {readOnly ? null : (
            <Group gap={6}>
              <Menu position="bottom-start">
                <Menu.Target>
                  <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} aria-hidden />}>
                    {t('editor.addBlock')}
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  {FLEX_BLOCKS.filter(k => k !== 'hero' || card.blocks[0]?.kind !== 'hero').map(kind => (
                    <Menu.Item
                      key={kind}
                      onClick={() =>
                        write({
                          blocks:
                            kind === 'hero'
                              ? [newBlock(kind), ...card.blocks]
                              : [...card.blocks, newBlock(kind)],
                        })
                      }
                    >
                      {t(`editor.block_${kind}`)}
                    </Menu.Item>
                  ))}
                </Menu.Dropdown>
              </Menu>
              <Select
                size="xs"
                w={110}
                aria-label={t('editor.size')}
                allowDeselect={false}
                data={(['kilo', 'mega', 'giga'] as const).map(value => ({
                  value,
                  label: t(`editor.size_${value}`),
                }))}
                value={card.size}
                onChange={size => size && write({ size: size as FlexCard['size'] })}
              />
              {cards.length > 1 ? (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="gray"
                  onClick={() => change(cards.toSpliced(at, 1))}
                >
                  {t('editor.removeCard')}
                </Button>
              ) : null}
            </Group>
          )}
        </Stack>
      </Tabs.Panel>
    </Tabs>
  )
}

function Block({
  block,
  readOnly,
  change,
}: {
  block: FlexBlock
  readOnly: boolean
  change: (block: FlexBlock) => void
}) {
  const { t } = useTranslation()
  const line = (label: string, value: string, write: (value: string) => void, hint?: string) => (
    <TextInput
      size="xs"
      label={label}
      description={hint}
      readOnly={readOnly}
      value={value}
      onChange={e => write(e.currentTarget.value)}
    />
  )
  switch (block.kind) {
    case 'hero':
      return (
        <Stack gap={6}>
          {line(t('editor.imageUrl'), block.url, url => change({ ...block, url }))}
          {line(t('editor.link'), block.link, link => change({ ...block, link }))}
        </Stack>
      )
    case 'title':
    case 'text':
      return (
        <MergeText
          label={t('editor.words')}
          lines={block.kind === 'title' ? 1 : 2}
          readOnly={readOnly}
          value={block.words}
          onChange={words => change({ ...block, words })}
        />
      )
    case 'price':
      return (
        <Group grow gap={6}>
          <MergeText
            label={t('editor.label')}
            lines={1}
            readOnly={readOnly}
            value={block.label}
            onChange={label => change({ ...block, label })}
          />
          <MergeText
            label={t('editor.value')}
            lines={1}
            readOnly={readOnly}
            value={block.value}
            onChange={value => change({ ...block, value })}
          />
        </Group>
      )
    case 'button':
      return (
        <Stack gap={6}>
          <Group grow gap={6} align="flex-end">
            {line(t('editor.buttonWords'), block.words, words => change({ ...block, words }))}
            <Select
              size="xs"
              label={t('editor.style')}
              allowDeselect={false}
              readOnly={readOnly}
              data={(['primary', 'secondary', 'link'] as const).map(s => ({
                value: s,
                label: t(`editor.style_${s}`),
              }))}
              value={block.style}
              onChange={style => style && change({ ...block, style: style as typeof block.style })}
            />
          </Group>
          {line(t('editor.link'), block.link, link => change({ ...block, link }))}
          {line(t('editor.cta'), block.cta, cta => change({ ...block, cta }), t('editor.ctaHint'))}
        </Stack>
      )
    case 'separator':
      return null
  }
}
