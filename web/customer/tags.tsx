// Tags with source, actor and expiry; applied and removed by hand.
import { ActionIcon, Group, Text, TextInput, Tooltip } from '@mantine/core'
import { IconClockHour4, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { instantOf } from '../format.ts'
import { Card } from '../parts/page.tsx'
import { Guarded } from '../parts/small.tsx'
import { useDisabledReason, useSay } from '../use.ts'
import { type Part, useCommand } from './command.ts'

export function Tags(props: Part) {
  const { t } = useTranslation()
  const say = useSay()
  const command = useCommand(props)
  const barred = useDisabledReason()('customers:write')
  return (
    <Card title={t('customers.tags')}>
      {props.data.tags.length === 0 ? <Text c="dimmed">{t('customers.noTags')}</Text> : null}
      <Group gap={6} component="ul" className="plain-inline">
        {props.data.tags.map(tag => {
          const origin = [
            tag.source,
            tag.actor && tag.actor !== tag.source ? tag.actor : '',
            say.exact(tag.at),
            tag.until ? t('person.tagUntil', { time: say.exact(tag.until) }) : '',
          ]
            .filter(Boolean)
            .join(' · ')
          return (
            <li key={tag.name} className="chip">
              <Tooltip label={origin}>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: where it came from shows on focus too */}
                <span tabIndex={0} aria-description={origin}>
                  {tag.until ? (
                    <IconClockHour4 size={12} aria-label={t('person.expires')} role="img" />
                  ) : null}{' '}
                  {tag.name}
                </span>
              </Tooltip>
              <ActionIcon
                size={18}
                variant="transparent"
                color="gray"
                disabled={barred !== null || command.pending}
                aria-label={t('customers.removeTag', { tag: tag.name })}
                onClick={() => command.run({ do: 'remove_tag', tag: tag.name })}
              >
                <IconX size={12} />
              </ActionIcon>
            </li>
          )
        })}
      </Group>
      <AddTag {...props} />
    </Card>
  )
}

function AddTag(props: Part) {
  const { t } = useTranslation()
  const { zone } = useSay()
  const command = useCommand(props)
  const [tag, setTag] = useState('')
  const [until, setUntil] = useState('')
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        // a tag with a date ends with that day
        const ends =
          until === '' ? undefined : new Date(instantOf(`${until}T23:59`, zone) + 60_000).toISOString()
        command.run({ do: 'add_tag', tag: tag.trim(), ...(ends ? { until: ends } : {}) }, () => {
          setTag('')
          setUntil('')
        })
      }}
    >
      <Group gap={6} mt={8} wrap="nowrap" align="flex-end">
        <TextInput
          size="xs"
          label={t('customers.addTag')}
          maxLength={100}
          value={tag}
          onChange={e => setTag(e.currentTarget.value)}
          style={{ flex: 1, minWidth: 0 }}
        />
        <TextInput
          size="xs"
          type="date"
          w={128}
          label={t('person.tagEnds')}
          value={until}
          onChange={e => setUntil(e.currentTarget.value)}
        />
        <Guarded
          scope="customers:write"
          size="xs"
          variant="default"
          type="submit"
          loading={command.pending}
          disabled={tag.trim() === ''}
        >
          {t('common.add')}
        </Guarded>
      </Group>
    </form>
  )
}
