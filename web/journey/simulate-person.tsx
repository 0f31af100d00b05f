// Who walks in a simulation: somebody made up, by a few fields, or a customer.
import { Checkbox, Group, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { MadeUp } from '../../src/journeys/simulate-start.ts'
import { PersonPick } from './person-pick.tsx'

/** The form as it is typed. */
export type Who = {
  kind: 'madeUp' | 'real'
  customer: string | null
  name: string
  email: string
  agrees: boolean
  friend: boolean
  traits: string
  tags: string
}

export const SOMEBODY: Who = {
  kind: 'madeUp',
  customer: null,
  name: '',
  email: 'someone@example.com',
  agrees: true,
  friend: true,
  traits: '',
  tags: '',
}

/** The object that a text says; {} for an empty one, null where it says none. */
export function objectOf(text: string): Record<string, unknown> | null {
  if (text.trim() === '') return {}
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

export function personOf(who: Who): MadeUp {
  const more = objectOf(who.traits) ?? {}
  return {
    traits: { ...(who.name === '' ? {} : { name: who.name }), ...more },
    tags: who.tags
      .split(/[,\uff0c\u3001]/)
      .map(tag => tag.trim())
      .filter(tag => tag !== ''),
    ...(who.email === '' ? {} : { email: who.email, consent: { email: who.agrees } }),
    line: who.friend,
  }
}

export function PersonForm({ ws, who, change }: { ws: string; who: Who; change: (who: Who) => void }) {
  const { t } = useTranslation()
  const set = (part: Partial<Who>) => change({ ...who, ...part })
  return (
    <Stack gap="xs">
      <SegmentedControl
        size="xs"
        aria-label={t('simulate.person')}
        value={who.kind}
        onChange={kind => set({ kind: kind as Who['kind'] })}
        data={[
          { value: 'madeUp', label: t('simulate.madeUp') },
          { value: 'real', label: t('simulate.real') },
        ]}
      />
      {who.kind === 'real' ? (
        <>
          <PersonPick ws={ws} value={who.customer} choose={customer => set({ customer })} />
          <Text size="xs" c="dimmed">
            {t('simulate.realNote')}
          </Text>
        </>
      ) : (
        <>
          <Group grow gap="xs">
            <TextInput
              size="xs"
              label={t('simulate.name')}
              value={who.name}
              onChange={e => set({ name: e.currentTarget.value })}
            />
            <TextInput
              size="xs"
              label={t('simulate.email')}
              value={who.email}
              onChange={e => set({ email: e.currentTarget.value.trim() })}
            />
          </Group>
          <Group gap="md">
            <Checkbox
              size="xs"
              label={t('simulate.friend')}
              checked={who.friend}
              onChange={e => set({ friend: e.currentTarget.checked })}
            />
            <Checkbox
              size="xs"
              label={t('simulate.agrees')}
              checked={who.agrees}
              onChange={e => set({ agrees: e.currentTarget.checked })}
            />
          </Group>
          <TextInput
            size="xs"
            label={t('simulate.tags')}
            value={who.tags}
            onChange={e => set({ tags: e.currentTarget.value })}
          />
          <Textarea
            size="xs"
            autosize
            minRows={1}
            label={t('simulate.traits')}
            placeholder='{"city": "Taipei"}'
            value={who.traits}
            error={objectOf(who.traits) === null ? t('simulate.badJson') : undefined}
            onChange={e => set({ traits: e.currentTarget.value })}
          />
        </>
      )}
    </Stack>
  )
}
