// By what a table of messages is parted.
import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Dimension } from '../../src/insight/engagement/model.ts'

export function BySelect<W extends Dimension>({
  ways,
  value,
  choose,
}: {
  ways: readonly W[]
  value: W
  choose: (way: W) => void
}) {
  const { t } = useTranslation()
  return (
    <Select<W>
      size="xs"
      w={190}
      aria-label={t('engagement.by')}
      allowDeselect={false}
      data={ways.map(w => ({ value: w, label: t(`engagementBy.${w}`) }))}
      value={value}
      onChange={way => way !== null && choose(way)}
    />
  )
}
