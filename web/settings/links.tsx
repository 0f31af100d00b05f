// Where links of messages lead through: an own domain is trusted more, and texts in Taiwan must register it.
import { Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Card } from '../parts/page.tsx'
import { Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'

export function LinkDomain({ ws }: { ws: string }) {
  const query = useApi('linkSettings', { ws })
  return <Show query={query}>{data => <Form key={data.version} ws={ws} data={data} />}</Show>
}

function Form({ ws, data }: { ws: string; data: Out<'linkSettings'> }) {
  const { t } = useTranslation()
  const [domain, write] = useState(data.linkDomain ?? '')
  const save = useAct('saveLinkSettings', { done: t('common.saved') })
  return (
    <Card title={t('links.title')}>
      <form
        onSubmit={event => {
          event.preventDefault()
          save.mutate({ ws, body: { linkDomain: domain.trim() || null, version: data.version } })
        }}
      >
        <Stack gap="sm">
          <Text c="dimmed" size="sm">
            {t('links.text')}
          </Text>
          <Group align="flex-end">
            <TextInput
              style={{ flex: 1 }}
              label={t('links.domain')}
              placeholder={data.own}
              value={domain}
              onChange={e => write(e.currentTarget.value)}
            />
            <Guarded scope="workspace:write" type="submit" variant="default" loading={save.isPending}>
              {t('common.save')}
            </Guarded>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}
