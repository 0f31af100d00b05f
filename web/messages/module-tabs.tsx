// The versions of a module, each with what it changed; and the journeys that use it, each with the version it holds.
import { Button, Group, Stack, Text } from '@mantine/core'
import { IconRoute, IconVersions } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { A } from '../parts/link.tsx'
import { Card } from '../parts/page.tsx'
import { Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { type Change, tellChanges } from './diff-words.ts'

export function ModuleVersions({
  ws,
  module,
  restore,
}: {
  ws: string
  module: string
  restore: ((content: unknown) => void) | null
}) {
  const { t } = useTranslation()
  const query = useApi('moduleVersions', { ws, module })
  return (
    <Show query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty
            icon={<IconVersions />}
            title={t('modules.versionsEmpty')}
            text={t('modules.versionsEmptyText')}
          />
        ) : (
          <Stack>
            {items.map((v, i) => (
              <Card
                key={v.version}
                title={t('modules.version', { n: v.version })}
                aside={
                  <Group gap="sm">
                    <Text size="sm" c="dimmed">
                      {t('modules.by', { who: v.publishedBy })} · <Time at={v.publishedAt} />
                    </Text>
                    {restore ? (
                      <Button size="compact-xs" variant="default" onClick={() => restore(v.content)}>
                        {t('modules.restore')}
                      </Button>
                    ) : null}
                  </Group>
                }
              >
                {v.note ? <Text mb="xs">{v.note}</Text> : null}
                {i === items.length - 1 ? (
                  <Text c="dimmed">{t('modules.first')}</Text>
                ) : v.changes.length === 0 ? (
                  <Text c="dimmed">{t('modules.same')}</Text>
                ) : (
                  <table className="module-diff">
                    <caption className="dim" style={{ textAlign: 'start' }}>
                      {t('modules.changes')}
                    </caption>
                    <thead>
                      <tr>
                        <th />
                        <th>{t('modules.before')}</th>
                        <th>{t('modules.after')}</th>
                      </tr>
                    </thead>
                    <tbody>
                      <Changes changes={v.changes} before={items[i + 1]?.content} after={v.content} />
                    </tbody>
                  </table>
                )}
              </Card>
            ))}
          </Stack>
        )
      }
    </Show>
  )
}

const MOST = 40
function Changes({ changes, before, after }: { changes: Change[]; before: unknown; after: unknown }) {
  const { t, i18n } = useTranslation()
  const words = { t: t as (key: string) => string, has: (key: string) => i18n.exists(key) }
  const told = tellChanges(changes, before, after, words)
  return (
    <>
      {told.slice(0, MOST).map(c => (
        <tr key={c.path}>
          <td>{c.where}</td>
          <td className="was">{c.before}</td>
          <td>{c.after}</td>
        </tr>
      ))}
      {told.length > MOST ? (
        <tr>
          <td colSpan={3}>{t('moduleDiff.more', { n: told.length - MOST })}</td>
        </tr>
      ) : null}
    </>
  )
}

export function ModuleUses({ ws, data }: { ws: string; data: Out<'module'> }) {
  const { t } = useTranslation()
  if (data.usedBy.length === 0)
    return <Empty icon={<IconRoute />} title={t('modules.usesEmpty')} text={t('modules.usesEmptyText')} />
  return (
    <Card flush>
      <table className="table">
        <thead>
          <tr>
            <th>{t('common.journey')}</th>
            <th>{t('modules.tabUses')}</th>
          </tr>
        </thead>
        <tbody>
          {data.usedBy.map(u => (
            <tr key={u.journey}>
              <td>
                <A to="/w/$ws/journeys/$journey" params={{ ws, journey: u.journey }}>
                  {u.name}
                </A>{' '}
                <Text span size="xs" c="dimmed">
                  {word('state', u.status)}
                </Text>
              </td>
              <td>
                {[
                  ...u.versions.map(
                    v =>
                      `${t('modules.journeyVersion', { n: v.version })} ${t('modules.holds', { n: v.module })}`,
                  ),
                  ...(u.draft ? [t('modules.inDraft')] : []),
                ].join(' · ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}
