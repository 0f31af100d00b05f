// Replies to tap: up to three buttons or a list on WhatsApp, quick replies on Messenger and Instagram. What is tapped comes back as
// a message whose `data` journeys can wait for.
import { SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import {
  CHOICE_LIMITS,
  type Choice,
  type Choices,
  choicesOf,
  sameReply,
  withChoices,
} from '../../../src/channels/choices.ts'
import { PairRows } from './pair-rows.tsx'

type Draft = Record<string, unknown>

export function ChoicesEditor({
  content,
  readOnly,
  change,
}: {
  content: Draft
  readOnly: boolean
  change: (content: Draft) => void
}) {
  const { t } = useTranslation()
  const choices = choicesOf(content)
  const { kind, rows } = choices
  const limits = CHOICE_LIMITS[kind]
  const again = sameReply(rows)
  const write = (next: Choices) => change(withChoices(content, next))
  const put = (next: Choice[]) => write({ ...choices, rows: next })
  return (
    <Stack gap={6}>
      <Text size="xs" fw={600}>
        {t(kind === 'quickReplies' ? 'choices.quickReplies' : 'choices.replies')}
      </Text>
      {kind === 'quickReplies' ? null : (
        <SegmentedControl
          size="xs"
          w="fit-content"
          aria-label={t('choices.kind')}
          disabled={readOnly}
          value={kind}
          onChange={next =>
            write(
              next === 'list'
                ? { kind: 'list', rows, button: t('choices.openList') }
                : { kind: 'buttons', rows: rows.slice(0, CHOICE_LIMITS.buttons.rows) },
            )
          }
          data={[
            { value: 'buttons', label: t('choices.kind_buttons') },
            { value: 'list', label: t('choices.kind_list') },
          ]}
        />
      )}
      {choices.kind === 'list' ? (
        <TextInput
          size="xs"
          required
          label={t('choices.listButton')}
          maxLength={CHOICE_LIMITS.list.button}
          readOnly={readOnly}
          value={choices.button}
          onChange={e => write({ ...choices, button: e.currentTarget.value })}
        />
      ) : null}
      <PairRows<Choice>
        rows={rows}
        fields={[
          {
            label: n => t('choices.title', { n }),
            value: r => r.title,
            // what comes back follows the words until it is given a name of its own
            write: (r, title) => ({ title, payload: r.payload === r.title ? title : r.payload }),
            max: limits.title,
            placeholder: t('choices.titleHint'),
          },
          {
            label: n => t('choices.payload', { n }),
            value: r => (r.payload === r.title ? '' : r.payload),
            write: (r, payload) => ({ ...r, payload: payload === '' ? r.title : payload }),
            max: limits.payload,
            placeholder: r => t('choices.payloadHint', { title: r.title }),
            error: i => (i === again ? t('choices.same') : undefined),
          },
        ]}
        most={limits.rows}
        fresh={{ title: '', payload: '' }}
        add={t('choices.add')}
        remove={n => t('choices.remove', { n })}
        readOnly={readOnly}
        change={put}
      />
      <Text size="xs" c="dimmed">
        {t(`choices.help_${kind}`)}
      </Text>
    </Stack>
  )
}
