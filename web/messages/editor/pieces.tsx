// What the editors of messages share: an item of a list with its controls, a rule for whom it is, JSON that is edited as such.
import { ActionIcon, Button, Group, JsonInput, Modal, Stack, Text } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconFilter, IconX } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Rule } from '../../../src/rules/model.ts'
import { RuleEditor } from '../../journey/fields/rule.tsx'
import { Badge } from '../../parts/small.tsx'
import { sayRule } from '../../rules/in-words.ts'
import { useVocabulary } from '../../rules/vocabulary.tsx'
import { useSay } from '../../use.ts'
import '../../journey/fields/fields.css'

/** One item of a list: what it is, who gets it, and where it stands. */
export function Item<T extends { when?: Rule | undefined }>({
  i,
  items,
  title,
  readOnly,
  change,
  least = 0,
  ruled = true,
  children,
}: {
  i: number
  items: T[]
  title: string
  readOnly: boolean
  change: (items: T[]) => void
  /** so many must stay */
  least?: number
  /** it may be for some people only */
  ruled?: boolean
  children: ReactNode
}) {
  const { t } = useTranslation()
  const item = items[i]!
  const move = (to: number) => change(items.toSpliced(i, 1).toSpliced(to, 0, item))
  const n = i + 1
  return (
    <div className="field-entry">
      <Group justify="space-between" wrap="nowrap" gap={4} mb={4}>
        <span className="dim field-number">{title}</span>
        {readOnly ? null : (
          <Group gap={0} wrap="nowrap">
            {ruled ? (
              <When
                n={n}
                rule={item.when}
                change={when => {
                  const { when: _, ...rest } = item
                  change(items.with(i, (when ? { ...rest, when } : rest) as T))
                }}
              />
            ) : null}
            <Control label={t('editor.up', { n })} off={i === 0} run={() => move(i - 1)}>
              <IconArrowUp size={14} />
            </Control>
            <Control label={t('editor.down', { n })} off={i === items.length - 1} run={() => move(i + 1)}>
              <IconArrowDown size={14} />
            </Control>
            <Control
              label={t('editor.remove', { n })}
              off={items.length <= least}
              run={() => change(items.toSpliced(i, 1))}
            >
              <IconX size={14} />
            </Control>
          </Group>
        )}
      </Group>
      {item.when ? <RuleLine rule={item.when} /> : null}
      {children}
    </div>
  )
}

function RuleLine({ rule }: { rule: Rule }) {
  const { t } = useTranslation()
  const say = useSay()
  const { names } = useVocabulary()
  return (
    <Text size="xs" mb={6}>
      <Badge tone="accent">{t('editor.conditional')}</Badge> {sayRule(rule, say, names)}
    </Text>
  )
}

export function Control({
  label,
  off,
  run,
  children,
}: {
  label: string
  off?: boolean
  run: () => void
  children: ReactNode
}) {
  return (
    <ActionIcon size="sm" variant="subtle" color="gray" aria-label={label} disabled={off} onClick={run}>
      {children}
    </ActionIcon>
  )
}

/** Who gets it: a button that opens the rule. */
function When({
  n,
  rule,
  change,
}: {
  n: number
  rule: Rule | undefined
  change: (rule: Rule | undefined) => void
}) {
  const { t } = useTranslation()
  const [opened, open] = useState(false)
  const [draft, write] = useState<Rule | undefined>(rule)
  return (
    <>
      <ActionIcon
        size="sm"
        variant={rule ? 'light' : 'subtle'}
        color={rule ? undefined : 'gray'}
        aria-label={t('editor.setRule', { n })}
        onClick={() => {
          write(rule)
          open(true)
        }}
      >
        <IconFilter size={14} />
      </ActionIcon>
      <Modal
        opened={opened}
        onClose={() => open(false)}
        title={t('editor.onlyFor')}
        size="lg"
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Stack>
          <RuleEditor rule={draft} change={write} journey={false} readOnly={false} />
          <Group justify="flex-end">
            <Button
              variant="default"
              onClick={() => {
                change(undefined)
                open(false)
              }}
            >
              {t('editor.clearRule')}
            </Button>
            <Button
              onClick={() => {
                change(draft)
                open(false)
              }}
            >
              {t('editor.done')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

/** An object or a list as JSON; what is half typed stays in the field. */
export function AsJson({
  label,
  value,
  readOnly,
  error,
  change,
}: {
  label: string
  value: unknown
  readOnly: boolean
  error?: string | null
  change: (value: object) => void
}) {
  const { t } = useTranslation()
  const [typed, type] = useState<string | null>(null)
  return (
    <JsonInput
      size="xs"
      label={label}
      validationError={t('editor.noJson')}
      error={error}
      readOnly={readOnly}
      autosize
      minRows={4}
      maxRows={20}
      value={typed ?? JSON.stringify(value, null, 2)}
      onBlur={() => type(null)}
      onChange={next => {
        type(next)
        try {
          const read: unknown = JSON.parse(next)
          if (typeof read === 'object' && read !== null) change(read)
        } catch (wrong) {
          // half typed: the field says so, what was whole stays
          if (!(wrong instanceof SyntaxError)) throw wrong
        }
      }}
    />
  )
}
