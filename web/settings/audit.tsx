// The audit log: who saw, changed, exported, published. Filters live in the URL.
// biome-ignore-all lint/suspicious/noArrayIndexKey: two audit lines may be alike in all they say
import { ListTable } from '../parts/list-table.tsx'
import { Anchor, Button, Group, SegmentedControl, Text, TextInput } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { usePages } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { daysQuery } from '../format.ts'
import { A } from '../parts/link.tsx'
import { Badge, Time } from '../parts/small.tsx'
import { Empty } from '../parts/state.tsx'
import { useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/settings')
const KINDS = ['saw', 'changed', 'exported', 'published'] as const
type Kind = (typeof KINDS)[number]
type Line = Out<'audit'>['items'][number]
const TONE = { saw: 'skip', changed: 'accent', exported: 'wait', published: 'good' } as const

const isKind = (text: string | undefined): text is Kind => KINDS.some(k => k === text)

export function Audit({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const { zone } = useSay()
  const { kind, actor, target, from, to } = route.useSearch()
  const navigate = route.useNavigate()
  const choose = (change: Record<string, string | undefined>) =>
    void navigate({ search: before => ({ ...before, ...change }), replace: true })
  const list = usePages('audit', {
    ws,
    query: {
      limit: 50,
      kind: isKind(kind) ? kind : undefined,
      actor,
      target,
      ...daysQuery({ from, to }, zone),
    },
  })
  const filtered = Boolean(kind || actor || target || from || to)
  const clear = () =>
    choose({ kind: undefined, actor: undefined, target: undefined, from: undefined, to: undefined })
  return (
    <>
      <Text c="dimmed" mb="sm">
        {t('audit.text')}
      </Text>
      <Group mb="sm" align="flex-end" gap="sm">
        <SegmentedControl
          aria-label={t('audit.kind')}
          value={isKind(kind) ? kind : ''}
          onChange={value => choose({ kind: value || undefined })}
          data={[
            { value: '', label: t('audit.all') },
            ...KINDS.map(k => ({ value: k, label: t(`audit.${k}`) })),
          ]}
        />
        <TextInput
          label={t('audit.target')}
          placeholder="cus_…"
          defaultValue={target ?? ''}
          key={target ?? ''}
          onBlur={e => choose({ target: e.currentTarget.value.trim() || undefined })}
          onKeyDown={e => {
            if (e.key === 'Enter') choose({ target: e.currentTarget.value.trim() || undefined })
          }}
        />
        <TextInput
          type="date"
          label={t('audit.from')}
          value={from ?? ''}
          onChange={e => choose({ from: e.currentTarget.value || undefined })}
        />
        <TextInput
          type="date"
          label={t('audit.to')}
          value={to ?? ''}
          onChange={e => choose({ to: e.currentTarget.value || undefined })}
        />
        {filtered ? (
          <Button variant="default" onClick={clear}>
            {t('audit.clear')}
          </Button>
        ) : null}
      </Group>
      <div className="card">
        <ListTable
          query={list}
          waiting={8}
          empty={
            <Empty
              icon={<IconHistory />}
              title={t(filtered ? 'audit.none' : 'settings.noAudit')}
              text={t(filtered ? 'audit.noneText' : 'settings.noAuditText')}
            />
          }
          head={
            <>
              <th>{t('common.time')}</th>
              <th>{t('audit.kind')}</th>
              <th>{t('settings.actor')}</th>
              <th>{t('settings.action')}</th>
              <th>{t('settings.target')}</th>
              <th>{t('common.details')}</th>
            </>
          }
          row={(line, i) => (
            <tr key={`${line.at}:${i}`}>
              <td className="nowrap">
                <Time at={line.at} exact />
              </td>
              <td>
                <Badge tone={TONE[line.kind]}>{t(`audit.${line.kind}`)}</Badge>
              </td>
              <td>
                <Anchor
                  component="button"
                  type="button"
                  title={t('audit.only')}
                  onClick={() => choose({ actor: line.actorId })}
                >
                  {line.actor}
                </Anchor>
              </td>
              <td>{word('auditAction', line.action)}</td>
              <td className="mono">
                <Target ws={ws} target={line.target} />
              </td>
              <td>
                <Detail line={line} />
              </td>
            </tr>
          )}
        />
      </div>
    </>
  )
}

function Target({ ws, target }: { ws: string; target: string | null }) {
  if (target === null) return '—'
  return target.startsWith('cus_') ? (
    <A to="/w/$ws/customers/$customer" params={{ ws, customer: target }}>
      {target}
    </A>
  ) : (
    target
  )
}

function Detail({ line }: { line: Line }) {
  const { t } = useTranslation()
  const say = useSay()
  const { rows, masked, ...rest } = line.detail
  const parts = [
    ...(typeof rows === 'number' ? [t('audit.rows', { n: say.count(rows) })] : []),
    ...(masked === true ? [t('audit.masked')] : []),
    ...Object.entries(rest).map(([k, v]) => `${k} ${String(v)}`),
  ]
  return <>{parts.join(' · ')}</>
}
