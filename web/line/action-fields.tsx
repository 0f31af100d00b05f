// What an area of a rich menu does when it is tapped.
import { Select, Stack, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { LINK_DATA } from '../../src/channels/line/message-rules.ts'
import type { Area } from './areas.tsx'

type Action = Area['action']
const KINDS = ['uri', 'message', 'postback', 'richmenuswitch', 'link'] as const
type Kind = (typeof KINDS)[number]

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const kindOf = (action: Action): Kind =>
  action.type === 'postback' && action.data === LINK_DATA
    ? 'link'
    : (KINDS.find(k => k === action.type) ?? 'uri')

function begin(kind: Kind): Action {
  switch (kind) {
    case 'uri':
      return { type: 'uri', uri: '' }
    case 'message':
      return { type: 'message', text: '' }
    case 'postback':
      return { type: 'postback', data: '' }
    case 'richmenuswitch':
      return { type: 'richmenuswitch', richMenuAliasId: '', data: 'switch' }
    case 'link':
      return { type: 'postback', data: LINK_DATA }
  }
}

export function ActionFields({
  n,
  action,
  set,
}: {
  n: number
  action: Action
  set: (action: Action) => void
}) {
  const { t } = useTranslation()
  const kind = kindOf(action)
  const field = (name: string, label: string, type = 'text') => (
    <TextInput
      size="xs"
      type={type}
      required
      label={label}
      value={text(action[name])}
      onChange={e => set({ ...action, [name]: e.currentTarget.value })}
    />
  )
  return (
    <Stack gap={6}>
      <Select
        size="xs"
        label={`${t('line.area', { n })} · ${t('line.action')}`}
        allowDeselect={false}
        data={KINDS.map(k => ({ value: k, label: t(`line.action_${k}`) }))}
        value={kind}
        onChange={value => value && set(begin(value as Kind))}
      />
      {kind === 'uri' ? field('uri', t('line.uri'), 'url') : null}
      {kind === 'message' ? field('text', t('line.text')) : null}
      {kind === 'postback' ? field('data', t('line.data')) : null}
      {kind === 'richmenuswitch' ? field('richMenuAliasId', t('line.alias')) : null}
      {kind === 'link' ? (
        <Text size="xs" c="dimmed">
          {t('line.actionLinkText')}
        </Text>
      ) : null}
    </Stack>
  )
}
