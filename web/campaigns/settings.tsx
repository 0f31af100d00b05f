// The form of a campaign: when it runs, what counts as taking part, its pages, budget and goal.
import { Group, NumberInput, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct } from '../api/queries.ts'
import { instantOf, wallTime } from '../format.ts'
import { EventPicker, EventsPicker } from '../parts/event-picker.tsx'
import { Guarded } from '../parts/small.tsx'
import { useSay } from '../use.ts'

type Held = Out<'campaign'>
type Page = Held['pages'][number]

/** Null where a line has no name or no address. */
function pagesOf(text: string): Page[] | null {
  const pages: Page[] = []
  for (const line of text.split('\n').filter(l => l.trim() !== '')) {
    const found = /^(.*\S)\s+(https?:\/\/\S+)$/.exec(line.trim())
    if (!found) return null
    pages.push({ label: found[1]!, url: found[2]! })
  }
  return pages
}

export function CampaignSettings({
  ws,
  held,
  saved,
}: {
  ws: string
  held: Held | null
  saved: (id: string) => void
}) {
  const { t } = useTranslation()
  const { zone } = useSay()
  const wall = (at: string | undefined) => (at === undefined ? '' : wallTime(Date.parse(at), zone))
  const [given, write] = useState({
    name: held?.name ?? '',
    from: wall(held?.startsAt),
    to: wall(held?.endsAt),
    event: held?.event ?? '',
    code: held?.code ?? '',
    pages: held?.pages.map(p => `${p.label} ${p.url}`).join('\n') ?? '',
    goalEvent: held?.goal?.event ?? '',
  })
  const [also, setAlso] = useState<string[]>(held?.also.map(a => a.event) ?? [])
  const [budget, setBudget] = useState<number | string>(held?.budget ?? '')
  const [target, setTarget] = useState<number | string>(held?.goal?.target ?? '')
  const after = (done: { id: string }) => saved(done.id)
  const create = useAct('createCampaign', { done: t('common.saved'), after })
  const save = useAct('saveCampaign', { done: t('common.saved'), after })
  const pages = pagesOf(given.pages)
  const whole = [given.name, given.from, given.to, given.event].every(v => v.trim() !== '') && pages !== null
  const field = (name: keyof typeof given, more: { type?: string; required?: boolean } = {}) => ({
    value: given[name],
    onChange: (e: { currentTarget: { value: string } }) => write({ ...given, [name]: e.currentTarget.value }),
    ...more,
  })
  const submit = () => {
    // filters of events that were made elsewhere stay
    const further = also.map(event => ({
      event,
      where: held?.also.find(a => a.event === event)?.where ?? [],
    }))
    const body = {
      name: given.name,
      startsAt: new Date(instantOf(given.from, zone)).toISOString(),
      endsAt: new Date(instantOf(given.to, zone)).toISOString(),
      event: given.event,
      also: further,
      code: given.code,
      pages: pages ?? [],
      budget: typeof budget === 'number' ? budget : null,
      goal:
        given.goalEvent !== '' && typeof target === 'number'
          ? {
              event: given.goalEvent,
              target,
              where: held?.goal?.event === given.goalEvent ? held.goal.where : [],
            }
          : null,
    }
    if (held === null) create.mutate({ ws, body })
    else save.mutate({ ws, campaign: held.id, body: { ...body, version: held.version } })
  }
  return (
    <Stack gap="sm">
      <TextInput label={t('campaigns.name')} {...field('name', { required: true })} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label={t('campaigns.starts')}
          description={zone}
          {...field('from', { type: 'datetime-local', required: true })}
        />
        <TextInput
          label={t('campaigns.ends')}
          description={zone}
          {...field('to', { type: 'datetime-local', required: true })}
        />
        <EventPicker
          labelled
          required
          size="sm"
          ws={ws}
          label={t('campaigns.event')}
          value={given.event}
          onChange={event => write({ ...given, event })}
        />
        <EventsPicker ws={ws} label={t('campaigns.also')} value={also} onChange={setAlso} />
        <EventPicker
          labelled
          size="sm"
          ws={ws}
          label={t('campaigns.goalEvent')}
          value={given.goalEvent}
          onChange={goalEvent => write({ ...given, goalEvent })}
        />
        <NumberInput
          label={t('campaigns.goalTarget')}
          min={1}
          allowDecimal={false}
          value={target}
          onChange={setTarget}
        />
        <NumberInput
          label={t('campaigns.budget')}
          min={0}
          allowDecimal={false}
          value={budget}
          onChange={setBudget}
        />
        <TextInput label={t('campaigns.code')} {...field('code')} />
      </SimpleGrid>
      <Textarea
        label={t('campaigns.pages')}
        autosize
        minRows={2}
        error={pages === null ? t('campaigns.badPages') : null}
        {...field('pages')}
      />
      <Group>
        <Guarded
          scope="journeys:publish"
          loading={create.isPending || save.isPending}
          reason={whole ? null : t('campaigns.event')}
          onClick={submit}
        >
          {t('common.save')}
        </Guarded>
      </Group>
    </Stack>
  )
}
