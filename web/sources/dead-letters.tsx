// Bodies that could not be used: why, the body itself, replay one or all, and the error file.
import { ListTable } from '../parts/list-table.tsx'
import { Anchor, Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconMailCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../api/call.ts'
import { showProblem, useAct, usePages } from '../api/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { CodeBlock, Guarded, Time } from '../parts/small.tsx'
import { Empty } from '../parts/state.tsx'
import { ActionsHead } from '../parts/table.tsx'
import { pretty } from './pretty.ts'
import { sayRefusal } from './refusal.ts'

const MOST_PAGES = 25

/** All dead letters as NDJSON, one a line, in a file. */
async function downloadErrors(ws: string, source: string, name: string): Promise<void> {
  const lines: string[] = []
  let cursor: string | undefined
  for (let n = 0; n < MOST_PAGES; n++) {
    const page = await call('deadLetters', { ws, source, query: { limit: 200, cursor } })
    lines.push(...page.items.map(item => JSON.stringify(item)))
    if (page.next === null) break
    cursor = page.next
  }
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([lines.join('\n') + '\n'], { type: 'application/x-ndjson' }))
  link.download = `${name}-errors.ndjson`
  link.click()
  URL.revokeObjectURL(link.href)
}

export function DeadLetters({ ws, source, name }: { ws: string; source: string; name: string }) {
  const { t } = useTranslation()
  const list = usePages('deadLetters', { ws, source, query: { limit: 50 } })
  const [open, setOpen] = useState<string | null>(null)
  const [asking, ask] = useState(false)
  const replay = useAct('replayDeadLetters', {
    after: out => notifications.show({ message: t('connectors.replayed', out), color: 'green' }),
  })
  const discard = useAct('discardDeadLetters', { done: t('common.saved') })
  return (
    <>
      {list.items.length > 0 ? (
        <Group mb="sm" justify="flex-end" gap="xs">
          <Button
            size="xs"
            variant="default"
            onClick={() => void downloadErrors(ws, source, name).catch(showProblem)}
          >
            {t('connectors.errorFile')}
          </Button>
          <Guarded scope="sources:write" size="xs" variant="default" onClick={() => ask(true)}>
            {t('connectors.discardAll')}
          </Guarded>
          <Guarded
            scope="sources:write"
            size="xs"
            loading={replay.isPending}
            onClick={() => replay.mutate({ ws, source, body: {} })}
          >
            {t('connectors.replayAll')}
          </Guarded>
        </Group>
      ) : null}
      <div className="card">
        <ListTable
          query={list}
          waiting={6}
          empty={
            <Empty
              icon={<IconMailCheck />}
              title={t('connectors.noDead')}
              text={t('connectors.noDeadText')}
            />
          }
          head={
            <>
              <th>{t('common.time')}</th>
              <th>{t('connectors.topic')}</th>
              <th>{t('connectors.reason')}</th>
              <th>{t('connectors.body')}</th>
              <ActionsHead />
            </>
          }
          row={d => (
            <tr key={d.id}>
              <td className="nowrap">
                <Time at={d.at} exact />
              </td>
              <td className="mono">{d.topic ?? '—'}</td>
              <td>
                <span className="mono">{d.code}</span> {sayRefusal(d)}
              </td>
              <td>
                <Anchor
                  component="button"
                  size="xs"
                  aria-expanded={open === d.id}
                  onClick={() => setOpen(open === d.id ? null : d.id)}
                >
                  {t('connectors.body')}
                </Anchor>
                {open === d.id ? <CodeBlock text={pretty(d.body)} label={t('connectors.body')} /> : null}
              </td>
              <td className="end nowrap">
                <Group gap={4} justify="flex-end" wrap="nowrap">
                  <Guarded
                    scope="sources:write"
                    size="compact-xs"
                    variant="default"
                    onClick={() => replay.mutate({ ws, source, body: { ids: [d.id] } })}
                  >
                    {t('connectors.replay')}
                  </Guarded>
                  <Guarded
                    scope="sources:write"
                    size="compact-xs"
                    variant="default"
                    onClick={() => discard.mutate({ ws, source, body: { ids: [d.id] } })}
                  >
                    {t('connectors.discard')}
                  </Guarded>
                </Group>
              </td>
            </tr>
          )}
        />
      </div>
      <Confirm
        danger
        title={t('connectors.discardAll')}
        text={t('connectors.discardSure')}
        action={t('connectors.discardAll')}
        opened={asking}
        close={() => ask(false)}
        run={() => discard.mutate({ ws, source, body: {} })}
      />
    </>
  )
}
