// Beside a trigger that waits for a campaign: the campaign itself, to be changed or made.
import { Button, Fieldset, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct, useApi } from '../api/queries.ts'
import { instantOf, wallTime } from '../format.ts'
import { useSay } from '../use.ts'

type Given = { name: string; from: string; to: string; event: string }

export function CampaignForm({
  ws,
  campaign,
  onSaved,
}: {
  ws: string
  campaign: string
  onSaved: (campaign: string) => void
}) {
  const { t } = useTranslation()
  const { zone } = useSay()
  const held = useApi('campaigns', { ws, query: { limit: 200 } }).data?.items.find(c => c.id === campaign)
  const [typed, type] = useState<Partial<Given>>({})
  const after = (saved: { id: string }) => {
    type({})
    onSaved(saved.id)
  }
  const create = useAct('createCampaign', { done: t('common.saved'), after })
  const save = useAct('saveCampaign', { done: t('common.saved'), after })
  const given: Given = {
    name: held?.name ?? '',
    from: held ? wallTime(Date.parse(held.startsAt), zone) : '',
    to: held ? wallTime(Date.parse(held.endsAt), zone) : '',
    event: held?.event ?? '',
    ...typed,
  }
  const whole = Object.values(given).every(v => v !== '')
  const body = () => ({
    name: given.name,
    startsAt: new Date(instantOf(given.from, zone)).toISOString(),
    endsAt: new Date(instantOf(given.to, zone)).toISOString(),
    event: given.event,
  })
  const field = (name: keyof Given, label: string, more: { type?: string; description?: string } = {}) => (
    <TextInput
      size="sm"
      label={label}
      value={given[name]}
      onChange={e => type({ ...typed, [name]: e.currentTarget.value })}
      {...more}
    />
  )
  return (
    <Fieldset legend={held ? t('triggerForm.editCampaign') : t('triggerForm.newCampaign')}>
      <Stack gap="xs">
        {field('name', t('triggerForm.campaignName'))}
        {field('from', t('triggerForm.campaignFrom'), { type: 'datetime-local' })}
        {field('to', t('triggerForm.campaignTo'), { type: 'datetime-local' })}
        {field('event', t('triggerForm.campaignEvent'), { description: t('triggerForm.campaignEventHelp') })}
        <Button
          size="compact-sm"
          variant="light"
          disabled={!whole || Object.keys(typed).length === 0}
          loading={create.isPending || save.isPending}
          onClick={() =>
            held
              ? save.mutate({ ws, campaign: held.id, body: { ...body(), version: held.version } })
              : create.mutate({ ws, body: body() })
          }
        >
          {t('triggerForm.saveCampaign')}
        </Button>
      </Stack>
    </Fieldset>
  )
}
