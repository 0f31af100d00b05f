// The shape of every page: title, one line that says what it is for, one primary action, the content.
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
import { Box, Breadcrumbs, Group, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

export function Page({
  title,
  lead,
  action,
  wide,
  above,
  children,
}: {
  title: string
  lead?: ReactNode
  action?: ReactNode
  /** tables and graphs take the full width */
  wide?: boolean
  /** a breadcrumb */
  above?: ReactNode
  children: ReactNode
}) {
  const { t } = useTranslation()
  useDocumentTitle(`${title} · ${t('app.name')}`)
  return (
    <Box maw={wide ? undefined : 1280} mx="auto" w="100%">
      {above}
      <Group justify="space-between" align="flex-start" mb="md" gap="md">
        <Box flex="1 1 260px" miw={0}>
          <Title order={1} size="h3">
            {title}
          </Title>
          {lead ? (
            <Text c="dimmed" component="div" mt={2}>
              {lead}
            </Text>
          ) : null}
        </Box>
        <Group gap="xs">{action}</Group>
      </Group>
      {children}
    </Box>
  )
}

/** Above a page that belongs to a list: a way back to it, and its own name. `children`: links. */
export function Crumbs({ here, children }: { here: string; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <nav aria-label={t('common.breadcrumb')}>
      <Breadcrumbs mb={4}>
        {children}
        <Text size="sm" c="dimmed">
          {here}
        </Text>
      </Breadcrumbs>
    </nav>
  )
}

/** A titled card. */
export function Card({
  title,
  aside,
  children,
  flush,
}: {
  title?: ReactNode
  aside?: ReactNode
  children: ReactNode
  flush?: boolean
}) {
  return (
    <section className="card">
      {title || aside ? (
        <Group justify="space-between" className="card-head" gap="xs">
          <Title order={2} size="h6">
            {title}
          </Title>
          {aside}
        </Group>
      ) : null}
      <div className={flush ? undefined : 'card-body'}>{children}</div>
    </section>
  )
}

/** Around a wide table: it scrolls by itself, also with the keyboard. */
export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section className="table-scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
