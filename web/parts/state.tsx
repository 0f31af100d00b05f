// Empty, loading, wrong: what it is, what was kept, what to do.
// biome-ignore-all lint/suspicious/noArrayIndexKey: skeleton lines are all alike
import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../api/queries.ts'

export function Empty({
  icon,
  title,
  text,
  action,
}: {
  icon?: ReactNode
  title: string
  text: string
  action?: ReactNode
}) {
  return (
    <Stack align="center" gap={6} py={36} px="md" ta="center">
      <div className="empty-icon" aria-hidden>
        {icon}
      </div>
      <Text fw={650} size="lg">
        {title}
      </Text>
      <Text c="dimmed" maw={420}>
        {text}
      </Text>
      {action ? <div style={{ marginTop: 8 }}>{action}</div> : null}
    </Stack>
  )
}

export function Wrong({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation()
  const { title, action, id } = explain(error)
  return (
    <Alert
      color="red"
      variant="outline"
      icon={<IconAlertTriangle size={18} />}
      title={title || t('wrong.title')}
      my="sm"
      role="alert"
    >
      <Stack gap={6}>
        {action ? <Text>{action}</Text> : null}
        {id ? (
          <Text c="dimmed" size="xs">
            {t('wrong.id')} <code>{id}</code>
          </Text>
        ) : null}
        {retry ? (
          <Group>
            <Button size="xs" variant="default" onClick={retry}>
              {t('common.retry')}
            </Button>
          </Group>
        ) : null}
      </Stack>
    </Alert>
  )
}

/** Skeleton lines in the shape of a list. */
export function Waiting({ rows = 6, height = 20 }: { rows?: number; height?: number }) {
  const { t } = useTranslation()
  return (
    <Stack gap={12} p="md" role="status" aria-label={t('common.loading')}>
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} height={height} width={`${100 - ((i * 17) % 35)}%`} />
      ))}
    </Stack>
  )
}

type Query<T> = { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown }

/** Shows a query: skeleton, problem (only when there is nothing older to show), content. */
export function Show<T>({
  query,
  children,
  rows,
}: {
  query: Query<T>
  children: (data: T) => ReactNode
  rows?: number
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.error) return <Wrong error={query.error} retry={() => void query.refetch()} />
  return <Waiting rows={rows} />
}
