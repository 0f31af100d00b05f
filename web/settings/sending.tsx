// How many marketing messages one person gets at most, over all journeys; and what is used of limits shared by all.
import { ActionIcon, Button, Group, NumberInput, Stack, Switch, Text } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { NodeLink } from '../journey/node-name.tsx'
import { Card } from '../parts/page.tsx'
import { Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { Frequency } from './frequency.tsx'
import { LinkDomain } from './links.tsx'

const DAY_MS = 86_400_000

export function SendingRules({ ws }: { ws: string }) {
  const query = useApi('sendingRules', { ws })
  return (
    <Stack maw={640}>
      <Show query={query}>{data => <Form key={data.version} ws={ws} data={data} />}</Show>
      <Frequency ws={ws} />
      <LinkDomain ws={ws} />
      <Limits ws={ws} />
    </Stack>
  )
}

function Form({ ws, data }: { ws: string; data: Out<'sendingRules'> }) {
  const { t } = useTranslation()
  const [caps, setCaps] = useState(data.caps)
  const [count, setCount] = useState(data.countTransactional)
  const save = useAct('saveSendingRules', { done: t('common.saved') })
  const put = (i: number, change: Partial<(typeof caps)[number]>) =>
    setCaps(caps.with(i, { ...caps[i]!, ...change }))
  return (
    <Card title={t('sending.caps')}>
      <form
        onSubmit={event => {
          event.preventDefault()
          save.mutate({ ws, body: { caps, countTransactional: count, version: data.version } })
        }}
      >
        <Stack gap="sm">
          <Text c="dimmed" size="sm">
            {t('sending.capsText')}
          </Text>
          {caps.length === 0 ? <Text size="sm">{t('sending.noCaps')}</Text> : null}
          {caps.map((cap, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a cap has no name
            <Group key={i} align="flex-end" gap="xs" wrap="nowrap">
              <NumberInput
                label={t('sending.most')}
                w={120}
                min={1}
                max={50}
                allowDecimal={false}
                required
                withAsterisk={false}
                value={cap.max}
                onChange={n => typeof n === 'number' && put(i, { max: n })}
              />
              <NumberInput
                label={t('sending.withinDays')}
                w={140}
                min={1}
                max={366}
                allowDecimal={false}
                required
                withAsterisk={false}
                value={Math.max(1, Math.round(cap.withinMs / DAY_MS))}
                onChange={n => typeof n === 'number' && put(i, { withinMs: n * DAY_MS })}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('sending.remove', { n: i + 1 })}
                onClick={() => setCaps(caps.toSpliced(i, 1))}
              >
                <IconX size={16} />
              </ActionIcon>
            </Group>
          ))}
          {caps.length < 4 ? (
            <Button
              size="xs"
              variant="light"
              w="fit-content"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => setCaps([...caps, { max: 3, withinMs: 7 * DAY_MS }])}
            >
              {t('sending.add')}
            </Button>
          ) : null}
          <Switch
            label={t('sending.countTransactional')}
            description={t('sending.countText')}
            checked={count}
            onChange={e => setCount(e.currentTarget.checked)}
          />
          <Group justify="flex-end">
            <Guarded scope="workspace:write" type="submit" loading={save.isPending}>
              {t('common.save')}
            </Guarded>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}

function Limits({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const query = useApi('limits', { ws })
  return (
    <Card title={t('sending.limits')}>
      <Show query={query}>
        {({ items, currency }) =>
          items.length === 0 ? (
            <Text c="dimmed">{t('sending.noLimits')}</Text>
          ) : (
            <div className="table-scroll">
              <table className="table">
                <thead>
                  <tr>
                    <th>{t('sending.limit')}</th>
                    <th>{t('sending.of')}</th>
                    <th className="end">{t('sending.used')}</th>
                    <th>{t('sending.per')}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map(l => {
                    const figure = (n: number) =>
                      l.kind === 'budget' ? say.money(Math.round(n), currency) : say.count(n)
                    return (
                      <tr key={`${l.kind} ${l.of} ${l.node} ${l.per}`}>
                        <td>{t(`limitKind.${l.kind}`)}</td>
                        <td>
                          {l.node === null ? (
                            (l.name ?? l.of)
                          ) : (
                            <NodeLink
                              node={l.nodeName}
                              at={{ journey: l.of, node: l.node }}
                              inside={l.name ?? ''}
                            />
                          )}
                        </td>
                        <td className="end num">
                          {figure(l.used)} / {figure(l.max)}
                        </td>
                        <td>{word('per', l.per)}</td>
                      </tr>
                    )
                  })}
                </tbody>
              </table>
            </div>
          )
        }
      </Show>
    </Card>
  )
}
