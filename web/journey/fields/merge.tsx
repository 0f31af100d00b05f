// A text with merge fields: a menu puts them in where the cursor stands.
import { ActionIcon, Menu, Textarea, TextInput, Tooltip } from '@mantine/core'
import { IconBraces } from '@tabler/icons-react'
import { Fragment, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useVocabulary } from '../../rules/vocabulary.tsx'
import { MERGE_GROUPS } from './merge-fields.ts'
import { useForm } from './model.ts'

/** Properties of the usual events that a text would name. */
const EVENT_PROPS = ['name', 'total', 'order_id', 'price', 'url']

export function MergeText({
  label,
  value,
  onChange,
  lines,
  error,
  readOnly,
  maxLength,
  placeholder,
}: {
  label: string
  value: string
  onChange: (value: string) => void
  /** 1: one line */
  lines: number
  error?: string | null
  readOnly: boolean
  maxLength?: number
  placeholder?: string
}) {
  const { t } = useTranslation()
  const { graph } = useForm()
  const { vocabulary, names } = useVocabulary()
  const box = useRef<HTMLTextAreaElement & HTMLInputElement>(null)
  const put = (name: string) => putText(`{{ ${name} }}`)
  const putText = (piece: string) => {
    const field = box.current
    const at = field?.selectionStart ?? value.length
    const end = field?.selectionEnd ?? at
    onChange(value.slice(0, at) + piece + value.slice(end))
    requestAnimationFrame(() => {
      field?.focus()
      field?.setSelectionRange(at + piece.length, at + piece.length)
    })
  }
  const attributes = vocabulary.attributes.slice(0, 12)
  const menu = readOnly ? null : (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Tooltip label={t('fieldForm.merge')}>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={`${t('fieldForm.merge')} · ${label}`}
          >
            <IconBraces size={15} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        <Menu.Label>{t('fieldForm.mergeCustomer')}</Menu.Label>
        <Menu.Item onClick={() => put('customer.name')}>{t('fieldForm.mergeName')}</Menu.Item>
        {attributes
          .filter(a => a.name !== 'name')
          .map(a => (
            <Menu.Item key={a.name} onClick={() => put(`customer.${a.name}`)}>
              {names.trait(a.name)}
            </Menu.Item>
          ))}
        {graph.trigger.kind === 'event' ? (
          <>
            <Menu.Label>{t('fieldForm.mergeEvent')}</Menu.Label>
            {EVENT_PROPS.map(p => (
              <Menu.Item key={p} onClick={() => put(`event.${p}`)}>
                {names.prop(p)}
              </Menu.Item>
            ))}
          </>
        ) : null}
        {MERGE_GROUPS.map(({ key, fields }) => (
          <Fragment key={key}>
            <Menu.Label>{t(`merge.${key}`)}</Menu.Label>
            {fields.map(({ key: field, text }) => (
              <Menu.Item key={field} onClick={() => putText(text)}>
                {t(`merge.${field}`)}
              </Menu.Item>
            ))}
          </Fragment>
        ))}
        <Menu.Label>{t('fieldForm.mergeBrand')}</Menu.Label>
        <Menu.Item onClick={() => putText('{% if customer.tier %}…{% else %}…{% endif %}')}>
          {t('merge.ifElse')}
        </Menu.Item>
        <Menu.Item onClick={() => put('workspace.name')}>{t('fieldForm.mergeWorkspace')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
  const common = {
    size: 'sm',
    label,
    error,
    readOnly,
    maxLength,
    placeholder,
    value,
    rightSection: menu,
    onChange: (e: { currentTarget: { value: string } }) => onChange(e.currentTarget.value),
  } as const
  return lines === 1 ? (
    <TextInput ref={box} {...common} />
  ) : (
    <Textarea
      ref={box}
      {...common}
      autosize
      minRows={lines}
      maxRows={14}
      rightSectionProps={{ style: { alignItems: 'flex-start', paddingTop: 6 } }}
    />
  )
}
