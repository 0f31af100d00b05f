// How a customer can be reached, what they agreed to, and what shows it.
import { Anchor, Button, Drawer, Group, Switch, Text, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconFileCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../api/call.ts'
import { showProblem, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Card } from '../parts/page.tsx'
import { saveFile } from '../parts/save-file.ts'
import { Badge, Channel, Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { useDisabledReason, useSay } from '../use.ts'
import { AgreesAgain } from './agrees-again.tsx'
import { type CustomerData, type Part, useCommand } from './command.ts'

const MARKETING = 'marketing'

export function Reach(props: Part) {
  const { t } = useTranslation()
  const { ws, data } = props
  const [proofs, showProofs] = useState(false)
  const others = data.consent.filter(c => c.purpose !== MARKETING)
  return (
    <Card
      title={t('person.reach')}
      aside={
        <Group gap={10}>
          <PreferenceLink ws={ws} customer={data.id} />
          <Anchor component="button" type="button" size="xs" onClick={() => showProofs(true)}>
            {t('person.proofs')}
          </Anchor>
        </Group>
      }
    >
      <ul className="plain rows">
        {data.reachability.map(reach => (
          <li key={reach.channel}>
            <Line {...props} reach={reach} />
          </li>
        ))}
        {others.map(c => (
          <li key={`${c.channel}/${c.purpose}`}>
            <Group justify="space-between" wrap="nowrap" gap={8}>
              <Text size="sm">
                {word('channel', c.channel)} · {word('purpose', c.purpose)}
              </Text>
              <Badge tone={c.on ? 'good' : 'bad'}>{t(c.on ? 'person.agreed' : 'person.refused')}</Badge>
            </Group>
          </li>
        ))}
      </ul>
      {proofs ? <Proofs ws={ws} customer={data.id} close={() => showProofs(false)} /> : null}
    </Card>
  )
}

function Line({ reach, ...props }: Part & { reach: CustomerData['reachability'][number] }) {
  const { t } = useTranslation()
  const say = useSay()
  const command = useCommand(props)
  const barred = useDisabledReason()('customers:write')
  const given = props.data.consent.find(c => c.channel === reach.channel && c.purpose === MARKETING)
  const said = given ? `${given.source} · ${say.exact(given.at)}` : t('customers.consentNone')
  return (
    <Group justify="space-between" wrap="nowrap" gap={8}>
      <div style={{ minWidth: 0 }}>
        <Group gap={8} wrap="wrap">
          <Channel name={reach.channel} />
          {reach.reachable ? (
            <Badge tone="good">{t('person.reachable')}</Badge>
          ) : (
            <Badge tone={reach.reason === 'no_address' ? 'skip' : 'bad'}>
              {t(`notReachable.${reach.reason ?? 'no_address'}`)}
            </Badge>
          )}
        </Group>
        {reach.address ? (
          <Text size="xs" c="dimmed" className="mono">
            {reach.address}
          </Text>
        ) : null}
        {reach.suppressed === 'erasure' ? <AgreesAgain {...props} channel={reach.channel} /> : null}
      </div>
      <Tooltip label={barred ?? said}>
        <Switch
          size="sm"
          aria-label={t('customers.consentOf', { channel: word('channel', reach.channel) })}
          aria-description={said}
          checked={given?.on ?? false}
          disabled={barred !== null || command.pending}
          onChange={e =>
            command.run({ do: 'set_consent', channel: reach.channel, on: e.currentTarget.checked })
          }
        />
      </Tooltip>
    </Group>
  )
}

/** Copies the address of the page on which this customer chooses. */
function PreferenceLink({ ws, customer }: { ws: string; customer: string }) {
  const { t } = useTranslation()
  return (
    <Anchor
      component="button"
      type="button"
      size="xs"
      onClick={() =>
        void call('preferenceLink', { ws, customer })
          .then(({ url }) => navigator.clipboard.writeText(url))
          .then(() => notifications.show({ message: t('consent.linkCopied'), color: 'green' }))
          .catch(showProblem)
      }
    >
      {t('consent.link')}
    </Anchor>
  )
}

/** Everything said about consent, newest first. */
function Proofs({ ws, customer, close }: { ws: string; customer: string; close: () => void }) {
  const { t } = useTranslation()
  const say = useSay()
  const query = useApi('consentProofs', { ws, customer })
  return (
    <Drawer opened onClose={close} position="right" size="lg" title={t('person.proofs')}>
      <Show query={query} rows={6}>
        {found =>
          found.items.length === 0 ? (
            <Empty icon={<IconFileCheck />} title={t('person.noProofs')} text={t('person.noProofsText')} />
          ) : (
            <>
              <Group justify="flex-end" mb="xs">
                <Button
                  size="xs"
                  variant="default"
                  onClick={() =>
                    saveFile(
                      `consent-${customer}.json`,
                      JSON.stringify(found.items, null, 2),
                      'application/json',
                    )
                  }
                >
                  {t('consent.export')}
                </Button>
              </Group>
              <ol className="plain">
                {found.items.map(p => (
                  <li key={`${p.at}/${p.channel}/${p.purpose}/${p.on}`}>
                    <Group gap={8}>
                      <Badge tone={p.on ? 'good' : 'bad'}>
                        {t(p.on ? 'person.agreed' : 'person.refused')}
                      </Badge>
                      <Text fw={550}>
                        {word('channel', p.channel)} · {word('purpose', p.purpose)}
                      </Text>
                      <Text size="sm" c="dimmed" ml="auto">
                        <Time at={p.at} exact />
                      </Text>
                    </Group>
                    {p.proof?.text ? <blockquote className="proof">{p.proof.text}</blockquote> : null}
                    <Text size="xs" c="dimmed">
                      {[
                        t('customers.source', { source: p.source }),
                        p.proof?.version ? t('person.proofVersion', { version: p.proof.version }) : '',
                        p.proof?.url ?? '',
                        p.proof?.ip ? `IP ${p.proof.ip}` : '',
                        p.proof?.address ?? '',
                        p.proof?.agent ?? '',
                        p.proof?.how === 'postback' ? t('person.proofPostback') : '',
                        p.proof?.message ?? '',
                        p.proof?.at ? say.exact(p.proof.at) : '',
                      ]
                        .filter(Boolean)
                        .join(' · ')}
                    </Text>
                  </li>
                ))}
              </ol>
            </>
          )
        }
      </Show>
    </Drawer>
  )
}
