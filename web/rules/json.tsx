// The rule as it is stored, for those who would rather type.
import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Rule } from '../../src/rules/model.ts'
import { useSay } from '../use.ts'
import { sayRule } from './in-words.ts'

export function RuleJson({ rule, write }: { rule: Rule | null; write: (rule: Rule) => void }) {
  const { t } = useTranslation()
  const say = useSay()
  const kept = rule === null ? '' : JSON.stringify(rule, null, 2)
  const [text, setText] = useState(kept)
  const [wrong, setWrong] = useState<string | null>(null)
  const take = () => {
    try {
      const value: unknown = JSON.parse(text)
      // what no sentence can be made of would break the builder, too; all else the server says
      if (sayRule(value as Rule, say) === t('rule.unreadable')) return setWrong(t('ruleEdit.jsonNoRule'))
      setWrong(null)
      write(value as Rule)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      setWrong(error.message)
    }
  }
  return (
    <Stack gap={8}>
      <Textarea
        label={t('ruleEdit.jsonLabel')}
        autosize
        minRows={8}
        maxRows={24}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        value={text}
        error={wrong}
        onChange={e => setText(e.currentTarget.value)}
      />
      <Group gap={8}>
        <Button size="xs" variant="default" disabled={text === kept} onClick={take}>
          {t('ruleEdit.jsonTake')}
        </Button>
        <Text size="sm" c="dimmed">
          {t('ruleEdit.jsonNote')}
        </Text>
      </Group>
    </Stack>
  )
}
