// The blocks of a mail, one after the other: each with its fields, where it stands, and who gets it.
import { Alert, Button, Menu, NumberInput, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { BLOCK_TYPES, type MailBlock } from '../../../src/modules/mail-blocks.ts'
import { MergeText } from '../../journey/fields/merge.tsx'
import { Item } from './pieces.tsx'

type Type = MailBlock['type']
type Inner = Extract<MailBlock, { type: 'columns' }>['columns'][number][number]
const INNER: Type[] = ['heading', 'text', 'image', 'button', 'divider']

export function MailBlocks({
  blocks,
  readOnly,
  wrong,
  change,
}: {
  blocks: MailBlock[]
  readOnly: boolean
  wrong: string | null
  change: (blocks: MailBlock[]) => void
}) {
  return (
    <Stack gap={8}>
      {wrong === null ? null : (
        <Alert color="red" variant="outline" role="alert">
          {wrong}
        </Alert>
      )}
      <List blocks={blocks} types={[...BLOCK_TYPES]} readOnly={readOnly} ruled change={change} />
    </Stack>
  )
}

function List({
  blocks,
  types,
  readOnly,
  ruled,
  change,
}: {
  blocks: MailBlock[]
  types: Type[]
  readOnly: boolean
  ruled: boolean
  change: (blocks: MailBlock[]) => void
}) {
  const { t } = useTranslation()
  const fresh = (type: Type): MailBlock => {
    switch (type) {
      case 'heading':
      case 'text':
        return { type, text: '' }
      case 'image':
        return { type, url: 'https://', alt: '' }
      case 'button':
        return { type, label: t('editor.buttonWords'), url: 'https://' }
      case 'divider':
        return { type }
      case 'columns':
        return { type, columns: [[{ type: 'text', text: '' }], [{ type: 'text', text: '' }]] }
      case 'products':
        return { type, from: 'top', count: 3 }
      case 'coupon':
        return { type, title: t('editor.mail_coupon'), note: '' }
      case 'footer':
        return { type, text: t('editor.footerDefault'), unsubscribe: t('fieldForm.unsubscribe') }
    }
  }
  return (
    <Stack gap={8}>
      {blocks.map((block, i) => (
        <Item
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no names
          key={i}
          i={i}
          items={blocks}
          title={t(`editor.mail_${block.type}`)}
          readOnly={readOnly}
          ruled={ruled}
          change={change}
        >
          <Block block={block} readOnly={readOnly} change={next => change(blocks.with(i, next))} />
        </Item>
      ))}
      {readOnly ? null : (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button
              size="compact-sm"
              variant="light"
              style={{ alignSelf: 'flex-start' }}
              leftSection={<IconPlus size={14} aria-hidden />}
            >
              {t('editor.addBlock')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {types.map(type => (
              <Menu.Item
                key={type}
                onClick={() => {
                  // the footer stays last
                  const end =
                    blocks.at(-1)?.type === 'footer' && type !== 'footer' ? blocks.length - 1 : blocks.length
                  change(blocks.toSpliced(end, 0, fresh(type)))
                }}
              >
                {t(`editor.mail_${type}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </Stack>
  )
}

function Block({
  block,
  readOnly,
  change,
}: {
  block: MailBlock
  readOnly: boolean
  change: (block: MailBlock) => void
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
  const merge = (label: string, value: string, write: (value: string) => void, lines = 1) => (
    <MergeText label={label} lines={lines} readOnly={readOnly} value={value} onChange={write} />
  )
  switch (block.type) {
    case 'heading':
      return merge(t('editor.words'), block.text, text => change({ ...block, text }))
    case 'text':
      return merge(t('editor.words'), block.text, text => change({ ...block, text }), 3)
    case 'image':
      return (
        <Stack gap={6}>
          {line(t('editor.imageUrl'), block.url, url => change({ ...block, url }))}
          {line(t('editor.alt'), block.alt, alt => change({ ...block, alt }))}
          {line(t('editor.link'), block.href ?? '', href => {
            const { href: _, ...rest } = block
            change(href ? { ...rest, href } : rest)
          })}
        </Stack>
      )
    case 'button':
      return (
        <Stack gap={6}>
          {merge(t('editor.buttonWords'), block.label, label => change({ ...block, label }))}
          {line(t('editor.link'), block.url, url => change({ ...block, url }))}
          {line(
            t('editor.cta'),
            block.cta ?? '',
            cta => {
              const { cta: _, ...rest } = block
              change(cta ? { ...rest, cta } : rest)
            },
            t('editor.ctaHint'),
          )}
        </Stack>
      )
    case 'divider':
      return null
    case 'columns':
      return (
        <Stack gap={8}>
          {block.columns.map((column, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns have no names
            <fieldset key={i} className="field-list">
              <legend className="dim">{t('editor.column', { n: i + 1 })}</legend>
              <List
                blocks={column}
                types={INNER}
                readOnly={readOnly}
                ruled={false}
                change={next => change({ ...block, columns: block.columns.with(i, next as Inner[]) })}
              />
            </fieldset>
          ))}
        </Stack>
      )
    case 'products':
      return (
        <Stack gap={6}>
          <Select
            size="xs"
            label={t('editor.from')}
            allowDeselect={false}
            readOnly={readOnly}
            data={(['top', 'bought_with', 'recent', 'codes'] as const).map(v => ({
              value: v,
              label: t(`editor.from_${v}`),
            }))}
            value={block.from}
            onChange={from => from && change({ ...block, from: from as typeof block.from })}
          />
          {block.from === 'codes' ? (
            <TagsInput
              size="xs"
              label={t('editor.codes')}
              maxTags={6}
              readOnly={readOnly}
              value={block.codes ?? []}
              onChange={codes => change({ ...block, codes })}
            />
          ) : (
            <NumberInput
              size="xs"
              w={110}
              label={t('editor.count')}
              min={1}
              max={6}
              readOnly={readOnly}
              value={block.count}
              onChange={n =>
                change({ ...block, count: typeof n === 'number' ? Math.min(6, Math.max(1, n)) : 1 })
              }
            />
          )}
          {line(t('editor.buttonWords'), block.button ?? '', button => {
            const { button: _, ...rest } = block
            change(button ? { ...rest, button } : rest)
          })}
        </Stack>
      )
    case 'coupon':
      return (
        <Stack gap={6}>
          <Text size="xs" c="dimmed">
            {t('editor.couponHelp')}
          </Text>
          {merge(t('editor.couponTitle'), block.title, title => change({ ...block, title }))}
          {merge(t('editor.couponNote'), block.note, note => change({ ...block, note }))}
        </Stack>
      )
    case 'footer':
      return (
        <Stack gap={6}>
          {merge(t('editor.footerText'), block.text, text => change({ ...block, text }), 2)}
          {line(t('editor.footerLink'), block.unsubscribe, unsubscribe => change({ ...block, unsubscribe }))}
        </Stack>
      )
  }
}
