// A notification message, by LINE's name: to who is no friend, by phone number; in the words of the message, or of one of LINE's
// own templates with our values.
import { Anchor, Checkbox, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import {
  LONGEST_CONTENT,
  MOST_BUTTONS,
  MOST_ITEMS,
  type PhoneTemplate,
} from '../../../src/channels/line/phone-template.ts'
import { useSay } from '../../use.ts'
import type { Draft, EditorFault } from './editor.tsx'
import { PairRows } from './pair-rows.tsx'

const LINE_TEMPLATES =
  'https://developers.line.biz/en/docs/partner-docs/line-notification-messages/template/#templates'
const EMPTY: PhoneTemplate = { templateKey: '' }

type Props = {
  content: Draft
  faults: EditorFault[]
  readOnly: boolean
  change: (content: Draft) => void
}

export function ByPhone({ content, faults, readOnly, change }: Props) {
  const { t } = useTranslation()
  const { locale } = useSay()
  const side = locale === 'en' ? 'en' : 'zh'
  const own = content.byPhone === true
  const template = content.phoneTemplate as PhoneTemplate | undefined
  const faultAt = (path: string) => faults.find(f => f.path.endsWith(path))?.message[side]
  const { byPhone: _b, phoneTemplate: _t, ...rest } = content
  const write = (next: PhoneTemplate | undefined) =>
    change({ ...rest, byPhone: true, ...(next ? { phoneTemplate: next } : {}) })
  return (
    <Stack gap={6}>
      <Checkbox
        size="xs"
        label={t('editor.byPhone')}
        description={t(template ? 'editor.byPhoneTemplateText' : 'editor.byPhoneText')}
        error={faultAt('/byPhone')}
        checked={own}
        readOnly={readOnly}
        onChange={e => {
          if (!readOnly) change(e.currentTarget.checked ? { ...rest, byPhone: true } : rest)
        }}
      />
      {own ? (
        <SegmentedControl
          size="xs"
          w="fit-content"
          aria-label={t('editor.phoneWay')}
          disabled={readOnly}
          value={template ? 'template' : 'words'}
          onChange={way => write(way === 'template' ? EMPTY : undefined)}
          data={[
            { value: 'words', label: t('editor.phoneWords') },
            { value: 'template', label: t('editor.phoneTemplate') },
          ]}
        />
      ) : null}
      {own && template ? (
        <Template template={template} faultAt={faultAt} readOnly={readOnly} write={write} />
      ) : null}
    </Stack>
  )
}

type Item = { itemKey: string; content: string }
type Button = { buttonKey: string; url: string }

/** A list that is empty is left out. */
function withList<K extends 'items' | 'buttons'>(
  template: PhoneTemplate,
  key: K,
  list: NonNullable<PhoneTemplate[K]>,
): PhoneTemplate {
  const { [key]: _, ...rest } = template
  return (list.length === 0 ? rest : { ...rest, [key]: list }) as PhoneTemplate
}

function Template({
  template,
  faultAt,
  readOnly,
  write,
}: {
  template: PhoneTemplate
  faultAt: (path: string) => string | undefined
  readOnly: boolean
  write: (next: PhoneTemplate) => void
}) {
  const { t } = useTranslation()
  const { emphasizedItem, items = [], buttons = [] } = template
  const keyAndContent = (path: (i: number) => string) =>
    [
      {
        label: (n: number) => t('editor.itemKey', { n }),
        value: (r: Item) => r.itemKey,
        write: (r: Item, itemKey: string) => ({ ...r, itemKey }),
        placeholder: 'number_001_zh',
        width: 150,
        error: (i: number) => faultAt(`${path(i)}/itemKey`),
      },
      {
        label: (n: number) => t('editor.itemContent', { n }),
        value: (r: Item) => r.content,
        write: (r: Item, content: string) => ({ ...r, content }),
        placeholder: '{{ event.props.order_id }}',
        max: LONGEST_CONTENT,
        error: (i: number) => faultAt(`${path(i)}/content`),
      },
    ] as const
  return (
    <Stack gap={6}>
      <TextInput
        size="xs"
        required
        label={t('editor.templateKey')}
        description={
          <>
            {t('editor.templateKeyText')}{' '}
            <Anchor href={LINE_TEMPLATES} target="_blank" rel="noreferrer" inherit underline="always">
              {t('editor.templateKeys')}
            </Anchor>
          </>
        }
        placeholder="shipment_completed_zh"
        readOnly={readOnly}
        error={faultAt('/phoneTemplate/templateKey')}
        value={template.templateKey}
        onChange={e => write({ ...template, templateKey: e.currentTarget.value.trim() })}
      />
      <Text size="xs" fw={600}>
        {t('editor.emphasized')}
      </Text>
      <PairRows<Item>
        rows={emphasizedItem ? [emphasizedItem] : []}
        fields={keyAndContent(() => '/emphasizedItem')}
        most={1}
        fresh={{ itemKey: '', content: '' }}
        add={t('editor.addEmphasized')}
        remove={() => t('editor.removeEmphasized')}
        readOnly={readOnly}
        change={([first]) => {
          const { emphasizedItem: _, ...rest } = template
          write(first ? { ...rest, emphasizedItem: first } : rest)
        }}
      />
      <Text size="xs" fw={600}>
        {t('editor.items')}
      </Text>
      <PairRows<Item>
        rows={items}
        fields={keyAndContent(i => `/items/${i}`)}
        most={MOST_ITEMS}
        fresh={{ itemKey: '', content: '' }}
        add={t('editor.addItem')}
        remove={n => t('editor.removeItem', { n })}
        readOnly={readOnly}
        change={next => write(withList(template, 'items', next))}
      />
      <Text size="xs" fw={600}>
        {t('editor.templateButtons')}
      </Text>
      <PairRows<Button>
        rows={buttons}
        fields={[
          {
            label: n => t('editor.buttonKey', { n }),
            value: r => r.buttonKey,
            write: (r, buttonKey) => ({ ...r, buttonKey }),
            placeholder: 'check_delivery_status_zh',
            width: 150,
            error: i => faultAt(`/buttons/${i}/buttonKey`),
          },
          {
            label: n => t('fieldForm.buttonUrl', { n }),
            value: r => r.url,
            write: (r, url) => ({ ...r, url }),
            placeholder: 'https://',
            max: 1_000,
            error: i => faultAt(`/buttons/${i}/url`),
          },
        ]}
        most={MOST_BUTTONS}
        fresh={{ buttonKey: '', url: '' }}
        add={t('fieldForm.addButton')}
        remove={n => t('fieldForm.removeButton', { n })}
        readOnly={readOnly}
        change={next => write(withList(template, 'buttons', next))}
      />
    </Stack>
  )
}
