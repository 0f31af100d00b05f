// What a person may ask of the brand: what is held of them, and to be forgotten.
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Card } from '../parts/page.tsx'
import { saveFile } from '../parts/save-file.ts'
import { Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { Places } from '../settings/erasures.tsx'
import { useSay } from '../use.ts'

export function PrivacyRequests({ ws, customer }: { ws: string; customer: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const [erasing, setErasing] = useState(false)
  const report = useAct('accessReport')
  const data = report.data
  const name = data && data.part > 0 ? `${customer}-${data.part + 1}` : customer
  return (
    <Card title={t('privacy.card')}>
      <Stack gap="sm">
        <Text c="dimmed">{t('privacy.cardText')}</Text>
        <Group>
          <Guarded
            scope="customers:export"
            variant="default"
            size="xs"
            loading={report.isPending}
            onClick={() => report.mutate({ ws, customer, body: undefined, query: {} })}
          >
            {t('privacy.report')}
          </Guarded>
          <Guarded
            scope="privacy:write"
            variant="default"
            size="xs"
            color="red"
            onClick={() => setErasing(true)}
          >
            {t('privacy.erase')}
          </Guarded>
        </Group>
        {data ? (
          <Group role="status">
            <Text>
              {t('privacy.reportReady', { rows: say.count(data.rows) })}
              {data.more.length > 0 || data.part > 0 ? ` · ${t('privacy.part', { n: data.part + 1 })}` : ''}
            </Text>
            <Button
              size="xs"
              variant="light"
              onClick={() => saveFile(`${name}.html`, data.html, 'text/html')}
            >
              {t('privacy.savePage')}
            </Button>
            <Button
              size="xs"
              variant="light"
              onClick={() => saveFile(`${name}.json`, JSON.stringify(data.json, null, 2), 'application/json')}
            >
              {t('privacy.saveJson')}
            </Button>
            {data.next !== null ? (
              <Button
                size="xs"
                loading={report.isPending}
                onClick={() => report.mutate({ ws, customer, body: undefined, query: { next: data.next! } })}
              >
                {t('privacy.nextPart')}
              </Button>
            ) : null}
            {data.more.length > 0 ? (
              <Text size="sm" c="dimmed" w="100%">
                {t('privacy.partText', { places: say.list(data.more.map(p => word('place', p))) })}
              </Text>
            ) : null}
          </Group>
        ) : (
          <Text size="xs" c="dimmed">
            {t('privacy.reportText')}
          </Text>
        )}
      </Stack>
      <Modal
        opened={erasing}
        onClose={() => setErasing(false)}
        title={t('privacy.eraseTitle')}
        size="lg"
        centered
      >
        {erasing ? <Erase ws={ws} customer={customer} close={() => setErasing(false)} /> : null}
      </Modal>
    </Card>
  )
}

function Erase({ ws, customer, close }: { ws: string; customer: string; close: () => void }) {
  const { t } = useTranslation()
  const say = useSay()
  const [typed, setTyped] = useState('')
  const [reason, setReason] = useState('')
  const preview = useApi('erasurePreview', { ws, customer })
  const ask = useAct('requestErasure', { done: t('privacy.asked'), after: close })
  return (
    <Show query={preview} rows={5}>
      {data => (
        <form
          onSubmit={event => {
            event.preventDefault()
            ask.mutate({ ws, customer, body: { confirm: typed.trim(), reason: reason.trim() } })
          }}
        >
          <Stack gap="sm">
            <Text>{t('privacy.eraseText')}</Text>
            {data.customers.length > 1 ? (
              <Text>{t('privacy.merged', { n: say.count(data.customers.length - 1) })}</Text>
            ) : null}
            <Places title={t('privacy.willErase')} places={data.places} />
            <TextInput
              label={t('privacy.why')}
              description={t('privacy.whyText')}
              required
              withAsterisk={false}
              maxLength={500}
              value={reason}
              onChange={e => setReason(e.currentTarget.value)}
              data-autofocus
            />
            <TextInput
              label={t('common.typeToConfirm', { name: data.confirm })}
              required
              withAsterisk={false}
              value={typed}
              onChange={e => setTyped(e.currentTarget.value)}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {t('common.cancel')}
              </Button>
              <Button
                type="submit"
                color="red.9"
                loading={ask.isPending}
                disabled={typed.trim() !== data.confirm || reason.trim() === ''}
              >
                {t('privacy.erase')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Show>
  )
}
