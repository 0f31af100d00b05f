// One message module: its draft beside what a customer would get, its versions, who uses it.
import { Button, Group, Stack, Tabs, Text } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MessageContent } from '../../src/channels/content.ts'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { FormProvider } from '../journey/fields/model.ts'
import { ContentEditor, type Draft } from '../messages/editor/editor.tsx'
import '../messages/editor/modules.css'
import { ModuleAnew, ModulePublish } from '../messages/module-publish.tsx'
import { ModuleSettings } from '../messages/module-settings.tsx'
import { ModuleUses, ModuleVersions } from '../messages/module-tabs.tsx'
import { PreviewAs } from '../messages/editor/preview.tsx'
import { TestSend } from '../messages/test-send.tsx'
import { AskBeforeLeaving } from '../parts/leaving.tsx'
import { Newer, useBase } from '../parts/newer.tsx'
import { A } from '../parts/link.tsx'
import { Crumbs, Page } from '../parts/page.tsx'
import { Badge, Channel, Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { Vocabular } from '../rules/vocabulary.tsx'
import { may, useWorkspace } from '../use.ts'

const route = getRouteApi('/w/$ws/modules/$module')
export type ModuleDetail = Out<'module'>

/** Fields stand in a form of a journey; a module is of none. */
const NO_JOURNEY = {
  format: 1,
  name: '',
  trigger: { kind: 'event', event: '' },
  reentry: { kind: 'always' },
  exits: [],
  start: '',
  nodes: {},
} as const

export function Module() {
  const { ws, module } = route.useParams()
  const query = useApi('module', { ws, module })
  return <Show query={query}>{data => <One key={data.id} ws={ws} data={data} />}</Show>
}

function One({ ws, data }: { ws: string; data: ModuleDetail }) {
  const { t } = useTranslation()
  const { tab = 'edit' } = route.useSearch()
  const navigate = route.useNavigate()
  const { role } = useWorkspace()
  const [content, write] = useState<Draft>(data.draft as Draft)
  const [asking, ask] = useState<'publish' | 'anew' | 'settings' | null>(null)
  const dirty = JSON.stringify(content) !== JSON.stringify(data.draft)
  const base = useBase(data.version, dirty, () => write(data.draft as Draft))
  const save = useAct('saveModule', {
    done: t('modules.saved'),
    edits: 'module',
    after: saved => {
      write(saved.draft as Draft)
      base.rest(saved.version)
    },
  })
  const readOnly = data.archived || role === undefined || !may(role, 'modules:write')
  const inUse = data.usedBy.filter(u => u.versions.length > 0)
  const older = inUse.filter(u => u.versions.some(v => v.live && v.module !== data.liveVersion))
  return (
    <Page
      wide
      above={
        <Crumbs here={data.name}>
          <A size="sm" to="/w/$ws/modules" params={{ ws }}>
            {t('modules.back')}
          </A>
        </Crumbs>
      }
      title={data.name}
      lead={
        <Group gap="sm">
          <Channel name={data.channel} />
          <Badge tone={data.archived ? 'skip' : data.liveVersion === null ? 'wait' : 'good'}>
            {data.archived
              ? t('modules.archived')
              : data.liveVersion === null
                ? t('modules.unpublished')
                : t('modules.version', { n: data.liveVersion })}
          </Badge>
          {dirty || (data.changed && data.liveVersion !== null) ? (
            <Badge tone="wait">{t('modules.changed')}</Badge>
          ) : null}
          <Text size="sm">
            {inUse.length === 0 ? t('modules.unused') : t('modules.usedBy', { count: inUse.length })}
          </Text>
        </Group>
      }
      action={
        <>
          <Guarded scope="modules:write" variant="subtle" onClick={() => ask('settings')}>
            {t('modules.settings')}
          </Guarded>
          <TestSend ws={ws} content={content as MessageContent} size="sm" />
          {older.length > 0 ? (
            <Guarded scope="journeys:publish" variant="default" onClick={() => ask('anew')}>
              {t('modules.anew')}
            </Guarded>
          ) : null}
          <Guarded
            scope="modules:write"
            variant="default"
            loading={save.isPending}
            reason={dirty ? null : t('modules.saved')}
            onClick={() => save.mutate({ ws, module: data.id, body: { version: base.base, content } })}
          >
            {t('modules.save')}
          </Guarded>
          <Guarded
            scope="modules:write"
            reason={data.changed && !dirty ? null : dirty ? t('modules.save') : t('modules.same')}
            onClick={() => ask('publish')}
          >
            {t('modules.publish')}
          </Guarded>
        </>
      }
    >
      <Newer than={base} />
      <Tabs
        value={tab}
        onChange={next =>
          void navigate({ search: { tab: next === 'edit' ? undefined : (next ?? undefined) } })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="edit">{t('modules.tabEdit')}</Tabs.Tab>
          <Tabs.Tab value="versions">{t('modules.tabVersions')}</Tabs.Tab>
          <Tabs.Tab value="uses">{t('modules.tabUses')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="edit">
          <Vocabular ws={ws}>
            <FormProvider
              value={{ ws, graph: NO_JOURNEY as never, type: 'send', node: null, faults: data.faults }}
            >
              <div className="module-edit">
                <section aria-label={t('editor.content')}>
                  {inUse.length > 0 && !readOnly ? (
                    <div className="banner banner-wait module-note" role="status">
                      <Text size="sm" fw={600}>
                        {t('modules.pinnedTitle')}
                      </Text>
                      <Text size="sm">
                        {t('modules.pinnedText')} {inUse.map(u => u.name).join(', ')}
                      </Text>
                    </div>
                  ) : null}
                  <Stack mt="sm">
                    <ContentEditor
                      ws={ws}
                      content={content}
                      faults={dirty ? [] : data.faults}
                      readOnly={readOnly}
                      change={write}
                    />
                  </Stack>
                </section>
                <section className="module-side" aria-label={t('editor.preview')}>
                  <PreviewAs ws={ws} content={content} purpose={data.purpose} />
                </section>
              </div>
            </FormProvider>
          </Vocabular>
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <ModuleVersions
            ws={ws}
            module={data.id}
            restore={
              readOnly
                ? null
                : old => {
                    write(old as Draft)
                    void navigate({ search: {} })
                  }
            }
          />
        </Tabs.Panel>
        <Tabs.Panel value="uses">
          <ModuleUses ws={ws} data={data} />
          {older.length > 0 ? (
            <Button mt="sm" variant="default" onClick={() => ask('anew')}>
              {t('modules.anew')}
            </Button>
          ) : null}
        </Tabs.Panel>
      </Tabs>
      <AskBeforeLeaving unsaved={dirty && !readOnly} />
      {asking === 'publish' ? (
        <ModulePublish ws={ws} data={data} close={() => ask(null)} after={() => ask(null)} />
      ) : null}
      {asking === 'anew' ? <ModuleAnew ws={ws} data={data} close={() => ask(null)} /> : null}
      {asking === 'settings' ? <ModuleSettings ws={ws} data={data} close={() => ask(null)} /> : null}
    </Page>
  )
}
