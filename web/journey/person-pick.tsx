// Chooses a customer by what is typed: name, phone, e-mail, member number.
import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'

export function PersonPick({
  ws,
  value,
  choose,
  label,
}: {
  ws: string
  value: string | null
  choose: (customer: string | null) => void
  /** what the customer is chosen for, where a page asks for two */
  label?: string
}) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text.trim(), 200)
  const [kept, keep] = useState<{ value: string; label: string } | null>(null)
  const found = useApi('search', { ws, query: { q: asked } }, { enabled: asked !== '', keep: true })
  const people = (found.data?.items ?? [])
    .filter(i => i.kind === 'customer')
    .map(i => ({ value: i.id, label: i.detail ? `${i.title} · ${i.detail}` : i.title }))
  const data = kept && !people.some(p => p.value === kept.value) ? [kept, ...people] : people
  return (
    <Select
      size="sm"
      searchable
      clearable
      label={label ?? t('why.customer')}
      placeholder={t('why.customerHint')}
      nothingFoundMessage={asked === '' ? t('why.customerHint') : t('why.noneFound')}
      data={data}
      // what the server found is shown as it is: it knows more spellings
      filter={({ options }) => options}
      searchValue={text}
      onSearchChange={setText}
      value={value}
      onChange={id => {
        keep(data.find(p => p.value === id) ?? null)
        choose(id)
      }}
    />
  )
}
