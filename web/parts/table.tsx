// What tables and rows of forms have in common: headings with a definition, the heading over buttons, and the button that
// takes a row away.
import { ActionIcon, type ActionIconProps } from '@mantine/core'
import { IconTrash, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Definition } from './small.tsx'

/** Over a column of figures: what it is, and how it is counted. */
export function FigureHead({ label, definition }: { label: string; definition: string }) {
  return (
    <th className="end">
      {label} <Definition text={definition} />
    </th>
  )
}

/** Over a column of buttons: said to a screen reader only. */
export function ActionsHead() {
  const { t } = useTranslation()
  return (
    <th>
      <span className="visually-hidden">{t('common.actions')}</span>
    </th>
  )
}

/** `small`: inside a row of fields. */
export function RemoveButton({
  label,
  run,
  small = false,
  ...rest
}: { label: string; run: () => void; small?: boolean } & ActionIconProps) {
  return (
    <ActionIcon
      {...rest}
      size={small ? 'sm' : 'md'}
      variant="subtle"
      color="gray"
      aria-label={label}
      onClick={run}
    >
      {small ? <IconX size={14} /> : <IconTrash size={16} />}
    </ActionIcon>
  )
}
