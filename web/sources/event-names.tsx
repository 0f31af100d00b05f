// What each event is called on the pages, and giving an event of the brand's own its words in both languages.
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { IconTag } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { useEventLabel } from '../parts/event-label.ts'
import { FindInput } from '../parts/find-input.tsx'
import { Scroll } from '../parts/page.tsx'
import { Guarded } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { ActionsHead } from '../parts/table.tsx'

type Event = Out<'vocabulary'>['events'][number]

const FROM = {
  brand: 'sources.fromYou',
  clients: 'sources.fromClients',
  preset: 'sources.fromPreset',
  product: 'sources.fromProduct',
} as const
/** The brand's own before those that have words anyway. */
const ORDER = Object.keys(FROM)

/** Who calls it so: the product has words for more than it lists. */
function fromOf({ name, named, from }: Event, called: string): keyof typeof FROM {
  if (named) return 'brand'
  if (from === 'built_in' || (from === 'seen' && called !== name)) return 'product'
  return from === 'seen' ? 'clients' : 'preset'
}

export function EventNames({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const query = useApi('vocabulary', { ws })
  const labelOf = useEventLabel(ws)
  const [text, find] = useState<string | undefined>()
  const [naming, name] = useState<Event | null>(null)
  const wanted = text?.toLowerCase() ?? ''
  return (
    <>
      <Text c="dimmed" mb="sm">
        {t('sources.namesText')}
      </Text>
      <div className="list-tools">
        <FindInput className="list-search" label={t('sources.eventFilter')} value={text} find={find} />
      </div>
      <div className="card">
        <Show query={query} rows={8}>
          {({ events }) => {
            const shown = events
              .map(e => ({ event: e, called: labelOf(e.name), from: fromOf(e, labelOf(e.name)) }))
              .filter(e => `${e.event.name} ${e.called}`.toLowerCase().includes(wanted))
              .toSorted((a, b) => ORDER.indexOf(a.from) - ORDER.indexOf(b.from))
            return shown.length === 0 ? (
              <Empty icon={<IconTag />} title={t('sources.noNames')} text={t('sources.noNamesText')} />
            ) : (
              <Scroll label={t('sources.names')}>
                <table className="table hover">
                  <thead>
                    <tr>
                      <th>{t('sources.called')}</th>
                      <th>{t('sources.posted')}</th>
                      <th>{t('sources.nameFrom')}</th>
                      <ActionsHead />
                    </tr>
                  </thead>
                  <tbody>
                    {shown.map(({ event, called, from }) => (
                      <tr key={event.name}>
                        <td>{called}</td>
                        <td className="mono">{event.name}</td>
                        <td className="nowrap">{t(FROM[from])}</td>
                        <td className="end nowrap">
                          <Guarded
                            scope="catalogue:write"
                            size="compact-xs"
                            variant="default"
                            aria-label={`${t('sources.nameIt')} ${event.name}`}
                            onClick={() => name(event)}
                          >
                            {t('sources.nameIt')}
                          </Guarded>
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Scroll>
            )
          }}
        </Show>
      </div>
      <Modal
        opened={naming !== null}
        onClose={() => name(null)}
        title={t('sources.nameOf', { name: naming?.name })}
      >
        {naming ? <Form key={naming.name} ws={ws} event={naming} close={() => name(null)} /> : null}
      </Modal>
    </>
  )
}

function Form({ ws, event, close }: { ws: string; event: Event; close: () => void }) {
  const { t } = useTranslation()
  const [label, set] = useState(event.label)
  const save = useAct('nameEvent', { done: t('common.saved'), after: close })
  const drop = useAct('unnameEvent', { done: t('common.saved'), after: close })
  return (
    <form
      onSubmit={submitted => {
        submitted.preventDefault()
        save.mutate({ ws, name: event.name, body: { label: { zh: label.zh.trim(), en: label.en.trim() } } })
      }}
    >
      <Stack gap="sm">
        <TextInput
          label={t('attributes.labelZh')}
          required
          withAsterisk={false}
          maxLength={60}
          value={label.zh}
          onChange={e => set({ ...label, zh: e.currentTarget.value })}
          data-autofocus
        />
        <TextInput
          label={t('attributes.labelEn')}
          required
          withAsterisk={false}
          maxLength={60}
          value={label.en}
          onChange={e => set({ ...label, en: e.currentTarget.value })}
        />
        <Group justify="flex-end">
          {event.named ? (
            <Guarded
              scope="catalogue:write"
              variant="default"
              loading={drop.isPending}
              onClick={() => drop.mutate({ ws, name: event.name })}
            >
              {t('sources.unname')}
            </Guarded>
          ) : null}
          <Button variant="default" onClick={close}>
            {t('common.cancel')}
          </Button>
          <Guarded scope="catalogue:write" type="submit" loading={save.isPending}>
            {t('common.save')}
          </Guarded>
        </Group>
      </Stack>
    </form>
  )
}
