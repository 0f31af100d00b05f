// How an e-mail account stands: complaints against what Gmail and Yahoo accept, and its domain's DNS records, explained.
import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconWorldSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Badge, Copy } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'

const TONES = { good: 'good', weak: 'wait', wrong: 'bad', missing: 'bad', unknown: 'skip' } as const

export function MailHealth({ ws, account }: { ws: string; account: string }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(false)
  const standing = useApi('mailStanding', { ws })
  const domain = useApi('mailDomain', { ws, account }, { enabled: asked })
  return (
    <Stack gap={8}>
      <Show query={standing}>
        {({ items, lines }) => <Standing of={items.find(i => i.account === account)} lines={lines} />}
      </Show>
      <div>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconWorldSearch size={14} aria-hidden />}
          loading={domain.isFetching}
          onClick={() => (asked ? void domain.refetch() : setAsked(true))}
        >
          {t(asked ? 'mailHealth.checkAgain' : 'mailHealth.check')}
        </Button>
      </div>
      {asked ? (
        <Show query={domain}>
          {found => (
            <section aria-label={t('mailHealth.domain', { domain: found.domain })} aria-live="polite">
              <Text size="sm" fw={600}>
                {t('mailHealth.domain', { domain: found.domain })}
              </Text>
              {found.checks.map(check => (
                <Check key={check.kind} check={check} />
              ))}
            </section>
          )}
        </Show>
      ) : null}
    </Stack>
  )
}

type Standings = Out<'mailStanding'>

function Standing({ of, lines }: { of: Standings['items'][number] | undefined; lines: Standings['lines'] }) {
  const { t } = useTranslation()
  const say = useSay()
  if (!of || of.complaintRate === null || of.verdict === 'none')
    return (
      <Text size="sm" c="dimmed">
        {t('mailHealth.noneTold')}
      </Text>
    )
  const percent = (share: number) => say.percent(share, 2)
  const text = t(`mailHealth.${of.verdict}`, { aim: percent(lines.aim), limit: percent(lines.limit) })
  return (
    <div>
      <Group gap="md">
        <Text size="sm" fw={600}>
          {t('mailHealth.standing')}
        </Text>
        {(['delivered', 'bounced', 'complained'] as const).map(name => (
          <Text key={name} size="sm">
            {t(`mailHealth.${name}`)} {say.count(of[name])}
          </Text>
        ))}
        <Badge tone={of.verdict === 'good' ? 'good' : of.verdict === 'warn' ? 'wait' : 'bad'}>
          {t('mailHealth.rate')} {percent(of.complaintRate)}
        </Badge>
      </Group>
      {of.verdict === 'good' ? (
        <Text size="sm" c="dimmed">
          {text}
        </Text>
      ) : (
        <Alert
          mt={4}
          py={6}
          color={of.verdict === 'bad' ? 'red' : 'yellow'}
          variant="outline"
          icon={<IconAlertTriangle size={18} />}
        >
          {text}
        </Alert>
      )}
    </div>
  )
}

function Check({ check }: { check: Out<'mailDomain'>['checks'][number] }) {
  const { t } = useTranslation()
  return (
    <div style={{ marginTop: 8 }}>
      <Group gap={8}>
        <Text size="sm" fw={500}>
          {t(`mailKind.${check.kind}`)}
        </Text>
        <Badge tone={TONES[check.state]}>{t(`mailState.${check.state}`)}</Badge>
        <Text size="xs" className="mono" style={{ overflowWrap: 'anywhere' }}>
          {check.name}
        </Text>
      </Group>
      <Text size="sm">{word('mailCode', check.code)}</Text>
      {check.found.map(record => (
        <Text key={record} size="xs" c="dimmed" className="mono" style={{ overflowWrap: 'anywhere' }}>
          {t('mailHealth.found')}: {record}
        </Text>
      ))}
      {check.wanted !== null ? (
        <Group gap={4} wrap="nowrap" align="flex-start">
          <Text size="xs" className="mono" style={{ overflowWrap: 'anywhere' }}>
            {t('mailHealth.put')}: {check.wanted}
          </Text>
          <Copy value={check.wanted} label={t('mailHealth.copyRecord')} />
        </Group>
      ) : null}
    </div>
  )
}
