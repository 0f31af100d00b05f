// Making a provider fail: how the next calls of a stand-in end, and what is set now. And the calls of journeys to other
// systems that the stand-in for those has kept.
import { Button, Group, NumberInput, Select, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Badge, Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'

type Item = Out<'sandboxFaults'>['items'][number]
type Kind = Item['kinds'][number]
const nameOf = (item: Item) => {
  const channel = word('channel', item.channel)
  const adapter = word('adapter', item.adapter)
  return channel === adapter ? channel : `${channel} · ${adapter}`
}

export function Faults({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const query = useApi('sandboxFaults', { ws }, { refetchInterval: 8000 })
  return (
    <section className="card" aria-label={t('faults.title')}>
      <Group className="card-head" gap={8}>
        <IconAlertTriangle size={16} aria-hidden />
        <Text fw={650} component="h2" size="sm">
          {t('faults.title')}
        </Text>
      </Group>
      <div className="card-body">
        <Text size="sm" c="dimmed" mb="sm">
          {t('faults.lead')}
        </Text>
        <Show query={query}>{({ items }) => <Form ws={ws} items={items} />}</Show>
      </div>
    </section>
  )
}

function Form({ ws, items }: { ws: string; items: Item[] }) {
  const { t } = useTranslation()
  const [adapter, setAdapter] = useState(items[0]?.adapter ?? '')
  const [wanted, setKind] = useState<Kind | null>(null)
  const [times, setTimes] = useState<number | string>(1)
  const set = useAct('sandboxFault', { done: t('faults.done') })
  const chosen = items.find(i => i.adapter === adapter)
  const kind = wanted !== null && chosen?.kinds.includes(wanted) ? wanted : (chosen?.kinds[0] ?? null)
  const now = items.filter(i => i.set)
  return (
    <Stack gap="sm">
      <form
        onSubmit={event => {
          event.preventDefault()
          if (kind) set.mutate({ ws, body: { adapter, kind, times: Number(times) || 1 } })
        }}
      >
        <Group gap={8} align="flex-end">
          <Select
            size="xs"
            label={t('faults.provider')}
            allowDeselect={false}
            data={items.map(i => ({ value: i.adapter, label: nameOf(i) }))}
            value={adapter}
            onChange={value => value && setAdapter(value)}
          />
          <Select
            size="xs"
            label={t('faults.how')}
            allowDeselect={false}
            data={(chosen?.kinds ?? []).map(k => ({ value: k, label: word('standInFault', k) }))}
            value={kind}
            onChange={value => setKind(value as Kind | null)}
          />
          <NumberInput
            size="xs"
            w={90}
            min={1}
            max={1000}
            label={t('faults.times')}
            value={times}
            onChange={setTimes}
          />
          <Guarded scope="sandbox:use" size="xs" type="submit" loading={set.isPending}>
            {t('faults.set')}
          </Guarded>
        </Group>
      </form>
      {now.length === 0 ? (
        <Text size="sm">{t('faults.none')}</Text>
      ) : (
        <ul className="plain">
          {now.map(i =>
            i.set ? (
              <li key={i.adapter}>
                <Group gap={8} justify="space-between">
                  <span>
                    {nameOf(i)} <Badge tone="bad">{word('standInFault', i.set.kind)}</Badge>{' '}
                    {t('faults.left', { n: i.set.times })}
                  </span>
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={`${t('faults.clear')} ${nameOf(i)}`}
                    onClick={() =>
                      i.set && set.mutate({ ws, body: { adapter: i.adapter, kind: i.set.kind, times: 0 } })
                    }
                  >
                    {t('faults.clear')}
                  </Button>
                </Group>
              </li>
            ) : null,
          )}
        </ul>
      )}
    </Stack>
  )
}

export function Calls({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const query = useApi('sandboxCalls', { ws }, { refetchInterval: 8000 })
  return (
    <section className="card" aria-label={t('faults.calls')}>
      <Group className="card-head">
        <Text fw={650} component="h2" size="sm">
          {t('faults.calls')}
        </Text>
      </Group>
      <div className="card-body">
        <Show query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t('faults.noCalls')}
              </Text>
            ) : (
              <ul className="plain sandbox-calls">
                {items.slice(0, 20).map(c => (
                  <li key={c.id}>
                    <details>
                      <summary>
                        <Badge tone={c.status >= 200 && c.status < 300 ? 'good' : 'bad'}>
                          {c.status || t('faults.silent')}
                        </Badge>{' '}
                        <span className="mono">
                          {c.method} {c.path}
                        </span>{' '}
                        · {say.short(c.at)} · {t(c.signed ? 'faults.signed' : 'faults.unsigned')}
                      </summary>
                      <pre className="sandbox-body">{c.body}</pre>
                    </details>
                  </li>
                ))}
              </ul>
            )
          }
        </Show>
      </div>
    </section>
  )
}
