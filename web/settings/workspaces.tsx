// All workspaces of the signed-in person, and making a new one.
import { Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { COUNTRIES, COUNTRY_CODES, type Country } from '../../src/catalogue/countries.ts'
import { useAct, useApi } from '../api/queries.ts'
import { currentLocale, LANGUAGES, type Locale, word } from '../i18n.ts'
import { ButtonLink } from '../parts/link.tsx'
import { Card } from '../parts/page.tsx'
import { Badge } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { countryHere } from './country.ts'

export function Workspaces({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const me = useApi('me', {})
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [kind, setKind] = useState<'sandbox' | 'live'>('sandbox')
  const [locale, setLocale] = useState<Locale>(currentLocale())
  const [country, setCountry] = useState<Country>(countryHere())
  const create = useAct('createWorkspace', {
    after: made => void navigate({ to: '/w/$ws', params: { ws: made.id } }),
  })
  return (
    <Stack maw={720}>
      <Show query={me}>
        {data => (
          <Card title={t('settings.workspaces')}>
            <ul className="plain">
              {data.workspaces.map(seat => (
                <li key={seat.workspace.id}>
                  <Group justify="space-between" wrap="nowrap">
                    <Group gap={8}>
                      <Text fw={550}>{seat.workspace.name}</Text>
                      <Badge tone={seat.workspace.kind === 'live' ? 'good' : 'accent'}>
                        {t(seat.workspace.kind === 'live' ? 'settings.live' : 'settings.sandbox')}
                      </Badge>
                      <Text size="sm" c="dimmed">
                        {word('role', seat.role)} · {seat.workspace.timezone}
                      </Text>
                    </Group>
                    {seat.workspace.id === ws ? (
                      <Text size="sm" c="dimmed">
                        {t('settings.current')}
                      </Text>
                    ) : (
                      <ButtonLink size="xs" variant="default" to="/w/$ws" params={{ ws: seat.workspace.id }}>
                        {t('settings.open')}
                      </ButtonLink>
                    )}
                  </Group>
                </li>
              ))}
            </ul>
          </Card>
        )}
      </Show>
      <Card title={t('settings.create')}>
        <form
          onSubmit={event => {
            event.preventDefault()
            create.mutate({ body: { name: name.trim(), kind, locale, country } })
          }}
        >
          <Stack gap="sm">
            <TextInput
              label={t('settings.name')}
              required
              withAsterisk={false}
              maxLength={100}
              value={name}
              onChange={e => setName(e.currentTarget.value)}
            />
            <Select
              label={t('settings.brandLanguage')}
              description={t('settings.brandLanguageHelp')}
              allowDeselect={false}
              data={LANGUAGES}
              value={locale}
              onChange={value => value && setLocale(value as Locale)}
            />
            <Select
              label={t('settings.country')}
              description={t('settings.countryHelp')}
              allowDeselect={false}
              data={COUNTRY_CODES.map(code => ({
                value: code,
                label: `${word('country', code)} (${COUNTRIES[code].currency})`,
              }))}
              value={country}
              onChange={value => value && setCountry(value as Country)}
            />
            <SegmentedControl
              aria-label={t('settings.kind')}
              value={kind}
              onChange={value => setKind(value as 'sandbox' | 'live')}
              data={[
                { value: 'sandbox', label: t('settings.sandbox') },
                { value: 'live', label: t('settings.live') },
              ]}
            />
            <Text size="sm" c="dimmed">
              {t(kind === 'sandbox' ? 'settings.sandboxText' : 'settings.liveText')}
            </Text>
            <Group justify="flex-end">
              <Button type="submit" loading={create.isPending}>
                {t('settings.create')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Card>
    </Stack>
  )
}
