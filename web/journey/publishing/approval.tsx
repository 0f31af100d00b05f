// A publication that waits for a second person: what was asked, and the buttons of whoever decides.
import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../../src/contract.ts'
import { useAct } from '../../api/queries.ts'
import { Card } from '../../parts/page.tsx'
import { Guarded, Time } from '../../parts/small.tsx'

type Approval = Out<'approvals'>['items'][number]

export function ApprovalCard({ ws, approval }: { ws: string; approval: Approval }) {
  const { t } = useTranslation()
  const [reason, write] = useState('')
  const approve = useAct('approvePublication', { done: t('publishing.approved') })
  const reject = useAct('rejectPublication', { done: t('publishing.rejected') })
  const withdraw = useAct('withdrawApproval', { done: t('publishing.withdrawn') })
  const at = { ws, journey: approval.journey.id, approval: approval.id }
  const pending = approve.isPending || reject.isPending || withdraw.isPending
  return (
    <Card title={t('publishing.openTitle')}>
      <Stack gap="sm">
        <div>
          <Text>{t('publishing.openText', { who: approval.askedBy })}</Text>
          <Text size="sm" c="dimmed">
            <Time at={approval.askedAt} />
          </Text>
          {approval.at ? (
            <Text size="sm">
              {t('publishing.waitsUntil')} <Time at={approval.at} exact />
            </Text>
          ) : null}
        </div>
        {approval.note ? <Text style={{ whiteSpace: 'pre-wrap' }}>{approval.note}</Text> : null}
        {approval.outdated ? (
          <Alert color="yellow" variant="outline" p="xs">
            {t('publishing.outdated')}
          </Alert>
        ) : null}
        {approval.mayDecide ? (
          <>
            <Textarea
              label={t('publishing.reason')}
              autosize
              minRows={2}
              value={reason}
              onChange={e => write(e.currentTarget.value)}
            />
            <Group gap="xs">
              <Guarded
                scope="journeys:approve"
                loading={pending}
                reason={approval.outdated ? t('publishing.outdated') : null}
                onClick={() => approve.mutate({ ...at, body: { reason } })}
              >
                {t('publishing.approve')}
              </Guarded>
              <Guarded
                scope="journeys:approve"
                variant="default"
                loading={pending}
                onClick={() => reject.mutate({ ...at, body: { reason } })}
              >
                {t('publishing.reject')}
              </Guarded>
            </Group>
          </>
        ) : (
          <Text size="sm" c="dimmed">
            {t('publishing.notYours')}
          </Text>
        )}
        <Group>
          <Button variant="subtle" size="compact-sm" loading={pending} onClick={() => withdraw.mutate(at)}>
            {t('publishing.withdraw')}
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}
