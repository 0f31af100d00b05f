// Publishing a module: what is live is named, and stays as it is; it is published anew only where somebody says so.
import { Button, Checkbox, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct } from '../api/queries.ts'
import { Guarded } from '../parts/small.tsx'

type Props = { ws: string; data: Out<'module'>; close: () => void }

const liveModule = (use: Out<'module'>['usedBy'][number]): number | null =>
  use.versions.find(v => v.live)?.module ?? null

export function ModulePublish({ ws, data, close, after }: Props & { after: () => void }) {
  const { t } = useTranslation()
  const [note, write] = useState('')
  const publish = useAct('publishModule', { done: t('modules.published'), after })
  const live = data.usedBy.filter(u => u.versions.length > 0)
  return (
    <Modal
      opened
      onClose={close}
      title={t('modules.publishTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          publish.mutate({ ws, module: data.id, body: { version: data.version, note: note.trim() } })
        }}
      >
        <Stack gap="sm">
          {live.length > 0 ? (
            <div className="banner banner-wait" role="status">
              <Text size="sm" fw={600}>
                {t('modules.pinnedTitle')}
              </Text>
              <Text size="sm">{t('modules.pinnedText')}</Text>
              <ul>
                {live.map(u => (
                  <li key={u.journey}>
                    {u.name} · {t('modules.holds', { n: liveModule(u) ?? u.versions[0]!.module })}
                  </li>
                ))}
              </ul>
              <Text size="sm">{t('modules.pinnedHow')}</Text>
            </div>
          ) : null}
          <Textarea
            data-autofocus
            label={t('modules.publishNote')}
            maxLength={500}
            value={note}
            onChange={e => write(e.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={publish.isPending}>
              {t('modules.publish')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

export function ModuleAnew({ ws, data, close }: Props) {
  const { t } = useTranslation()
  const older = data.usedBy.filter(u => {
    const held = liveModule(u)
    return held !== null && held !== data.liveVersion && (u.status === 'live' || u.status === 'paused')
  })
  const [chosen, choose] = useState<string[]>(older.map(u => u.journey))
  const publish = useAct('publishModuleIn', { done: t('modules.anewDone'), after: close })
  return (
    <Modal
      opened
      onClose={close}
      title={t('modules.anewTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="sm">
        <Text size="sm">
          {older.length === 0 ? t('modules.anewNone') : t('modules.anewText', { n: data.liveVersion ?? 0 })}
        </Text>
        {older.map(u => (
          <Checkbox
            key={u.journey}
            label={`${u.name} · ${t('modules.holds', { n: liveModule(u) ?? 0 })}`}
            checked={chosen.includes(u.journey)}
            onChange={e =>
              choose(e.currentTarget.checked ? [...chosen, u.journey] : chosen.filter(j => j !== u.journey))
            }
          />
        ))}
        <Group justify="flex-end">
          <Guarded
            scope="journeys:publish"
            loading={publish.isPending}
            reason={chosen.length === 0 ? t('modules.anewNone') : null}
            onClick={() =>
              publish.mutate({
                ws,
                module: data.id,
                body: {
                  journeys: older
                    .filter(u => chosen.includes(u.journey))
                    .map(u => ({ journey: u.journey, version: u.edit })),
                },
              })
            }
          >
            {t('modules.anewTitle')}
          </Guarded>
        </Group>
      </Stack>
    </Modal>
  )
}
