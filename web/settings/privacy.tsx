// Privacy: who reads personal data in full, how long data is kept, erasures, and what is kept for nothing.
import { Checkbox, Group, NumberInput, SimpleGrid, Stack, Switch, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Card } from '../parts/page.tsx'
import { Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { DataUse } from './data-use.tsx'
import { Erasures } from './erasures.tsx'
import { ROLES } from './roles.ts'

export function Privacy({ ws }: { ws: string }) {
  const query = useApi('privacy', { ws })
  return (
    <Stack>
      <Show query={query}>{data => <Form key={data.version} ws={ws} data={data} />}</Show>
      <Erasures ws={ws} />
      <DataUse ws={ws} />
    </Stack>
  )
}

function Form({ ws, data }: { ws: string; data: Out<'privacy'> }) {
  const { t } = useTranslation()
  const [mask, setMask] = useState(data.mask)
  const [roles, setRoles] = useState<string[]>(data.maskedRoles)
  const [kept, setKept] = useState(data.retention)
  const save = useAct('savePrivacy', { done: t('common.saved') })
  const days = (value: string | number): number | null => (typeof value === 'number' ? value : null)
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        save.mutate({
          ws,
          body: {
            mask,
            retention: kept,
            maskedRoles: ROLES.filter(r => roles.includes(r)),
            version: data.version,
          },
        })
      }}
    >
      <Stack maw={760}>
        <Card title={t('privacy.mask')}>
          <Stack gap="sm">
            <Text c="dimmed">{t('privacy.maskText')}</Text>
            <Checkbox.Group label={t('privacy.maskedRoles')} value={roles} onChange={setRoles}>
              <Group mt={6}>
                {ROLES.map(r => (
                  <Checkbox key={r} value={r} label={word('role', r)} />
                ))}
              </Group>
            </Checkbox.Group>
            <Switch
              label={t('privacy.maskNames')}
              checked={mask.names}
              onChange={e => setMask({ ...mask, names: e.currentTarget.checked })}
            />
            <Switch
              label={t('privacy.maskContacts')}
              checked={mask.contacts}
              onChange={e => setMask({ ...mask, contacts: e.currentTarget.checked })}
            />
          </Stack>
        </Card>
        <Card title={t('privacy.periods')}>
          <Stack gap="sm">
            <Text c="dimmed">{t('privacy.periodsText')}</Text>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <NumberInput
                label={t('privacy.events')}
                description={t('privacy.eventsText')}
                min={8}
                max={3650}
                allowDecimal={false}
                value={kept.events ?? ''}
                onChange={v => setKept({ ...kept, events: days(v) })}
              />
              <NumberInput
                label={t('privacy.messages')}
                min={1}
                max={3650}
                allowDecimal={false}
                value={kept.messages ?? ''}
                onChange={v => setKept({ ...kept, messages: days(v) })}
              />
              <NumberInput
                label={t('privacy.rejected')}
                min={1}
                max={7}
                allowDecimal={false}
                required
                withAsterisk={false}
                value={kept.rejected}
                onChange={v => setKept({ ...kept, rejected: days(v) ?? 7 })}
              />
              <NumberInput
                label={t('privacy.auditDays')}
                min={30}
                max={3650}
                allowDecimal={false}
                value={kept.audit ?? ''}
                onChange={v => setKept({ ...kept, audit: days(v) })}
              />
            </SimpleGrid>
          </Stack>
        </Card>
        <Group justify="flex-end">
          <Guarded scope="privacy:write" type="submit" loading={save.isPending}>
            {t('common.save')}
          </Guarded>
        </Group>
      </Stack>
    </form>
  )
}
