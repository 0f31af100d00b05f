// The list behind a figure as a file, for who may export customers.
import { Button, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDownload } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { In } from '../../src/contract.ts'
import { useAct } from '../api/queries.ts'
import { saveFile } from '../download.ts'
import { useDisabledReason, useSay } from '../use.ts'

export type PeopleList = In<'peopleFile'>['list']

export function ExportPeople({ ws, list }: { ws: string; list: PeopleList }) {
  const { t } = useTranslation()
  const say = useSay()
  const barred = useDisabledReason()('customers:export')
  const act = useAct('peopleFile', {
    after: out => {
      saveFile(out.file, out.csv, 'text/csv')
      notifications.show({
        message: t(out.more ? 'quality.exportedMore' : 'quality.exported', { n: say.count(out.rows) }),
        color: 'green',
      })
    },
  })
  return (
    <Tooltip label={barred} disabled={barred === null}>
      <Button
        size="compact-xs"
        variant="default"
        mb="xs"
        leftSection={<IconDownload size={14} aria-hidden />}
        loading={act.isPending}
        data-disabled={barred !== null || undefined}
        aria-disabled={barred !== null}
        onClick={() => {
          if (barred === null)
            act.mutate({ ws, body: { list, locale: say.locale === 'en' ? 'en' : 'zh-TW' } })
        }}
      >
        {t('metrics.peopleFile')}
      </Button>
    </Tooltip>
  )
}
