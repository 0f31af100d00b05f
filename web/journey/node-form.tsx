// The panel of a node: its settings as a form, the people at it, and what it did.
import { ActionIcon, Alert, CloseButton, Group, Stack, Tabs, TextInput, Tooltip } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MessageContent } from '../../src/channels/content.ts'
import { nodeType } from '../../src/journeys/register.ts'
import { useApi } from '../api/queries.ts'
import { i18n, word } from '../i18n.ts'
import { TestSend } from '../messages/test-send.tsx'
import { Card } from '../parts/page.tsx'
import { RemoveButton } from '../parts/table.tsx'
import { useSay } from '../use.ts'
import { newId } from './canvas/insert.ts'
import { duplicate } from './editor/clip.ts'
import { remove, setFields, setTitle } from './editor/ops.ts'
import { Fields } from './fields/fields.tsx'
import { withFields } from './fields/list.tsx'
import { FormProvider } from './fields/model.ts'
import { nodeTitle } from './in-words.ts'
import { NodeCounts, NodePeople } from './panel.tsx'
import type { PanelProps } from './slot.ts'
import './fields/fields.css'

export function Panel(props: PanelProps) {
  const { graph, node } = props
  return node !== undefined && graph.nodes[node] ? <NodePanel key={node} {...props} node={node} /> : null
}

function NodePanel({
  ws,
  data,
  graph,
  change,
  readOnly,
  problems,
  node,
  choose,
  close,
}: PanelProps & { node: string }) {
  const { t } = useTranslation()
  const { locale } = useSay()
  const [tab, show] = useState<string | null>('form')
  const at = graph.nodes[node]
  const live = data.liveVersion !== null
  const counts = useApi('journeyCounts', { ws, journey: data.id, query: {} }, { keep: true, enabled: live })
  if (!at) return null
  const type = nodeType(at.type)
  const own = problems.filter(p => p.node === node)
  const faults = own
    .filter(p => p.path.startsWith('/fields'))
    .map(p => ({ path: p.path.slice('/fields'.length), message: p.message }))
  const others = own.filter(p => !p.path.startsWith('/fields/'))
  const side = locale === 'en' ? 'en' : 'zh'
  const help = `nodeHelp.${at.type}`
  const copy = () => {
    const made = duplicate(graph, [node], () => newId(at.type))
    if (!made) return
    change(made.graph)
    choose(made.node)
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    // back to the card that was opened
    document.querySelector<HTMLElement>(`[data-card="${CSS.escape(node)}"]`)?.focus()
  }
  return (
    <Card
      title={nodeTitle(at)}
      aside={
        <Group gap={2} wrap="nowrap">
          {readOnly ? null : (
            <>
              <Tooltip label={t('canvasKey.duplicate')}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('canvasKey.duplicate')}
                  onClick={copy}
                >
                  <IconCopy size={16} />
                </ActionIcon>
              </Tooltip>
              <Tooltip label={t('nodeForm.remove')}>
                <RemoveButton
                  label={t('nodeForm.remove')}
                  run={() => {
                    change(remove(graph, [node]))
                    choose(undefined)
                  }}
                />
              </Tooltip>
            </>
          )}
          <CloseButton aria-label={t('common.close')} onClick={close} />
        </Group>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Escape leads back from wherever one is in the form */}
      <div onKeyDown={keys} data-panel-form>
        <Tabs value={tab} onChange={show} keepMounted={false}>
          {live ? (
            <Tabs.List mb="sm">
              <Tabs.Tab value="form">{t('nodeForm.settings')}</Tabs.Tab>
              <Tabs.Tab value="people">{t('nodeForm.people')}</Tabs.Tab>
            </Tabs.List>
          ) : null}
          <Tabs.Panel value="form">
            <Stack gap="sm">
              {i18n.exists(help) ? <p className="dim field-help">{i18n.t(help as 'nodeHelp.send')}</p> : null}
              {others.map(p => (
                <Alert key={p.code + p.path} color="red" variant="light" p="xs">
                  {p.message[side]}
                  {p.alternative ? <div className="dim">{p.alternative[side]}</div> : null}
                </Alert>
              ))}
              <FormProvider value={{ ws, graph, type: at.type, node, faults }}>
                <Fields
                  specs={type?.fields ?? {}}
                  values={at.fields}
                  path=""
                  readOnly={readOnly}
                  change={fields =>
                    change(
                      setFields(graph, node, withFields(at.fields, fields)),
                      `${node} ${Object.keys(fields).join(' ')}`,
                    )
                  }
                />
              </FormProvider>
              {at.type === 'send' && at.fields.content ? (
                <div>
                  <TestSend
                    ws={ws}
                    content={at.fields.content as MessageContent}
                    account={at.fields.account as string | undefined}
                  />
                </div>
              ) : null}
              <TextInput
                size="sm"
                label={t('nodeForm.title')}
                placeholder={word('node', at.type)}
                maxLength={200}
                readOnly={readOnly}
                value={at.title ?? ''}
                onChange={e => change(setTitle(graph, node, e.currentTarget.value), `${node} title`)}
              />
            </Stack>
          </Tabs.Panel>
          {live ? (
            <Tabs.Panel value="people">
              <Stack gap="sm">
                <NodeCounts counts={counts.data} node={node} />
                <NodePeople ws={ws} journey={data.id} node={node} />
              </Stack>
            </Tabs.Panel>
          ) : null}
        </Tabs>
      </div>
    </Card>
  )
}
