// The list of all kinds of conditions, in families, with search.
import { Button, Combobox, useCombobox } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FAMILIES, type KindKey, KINDS, kindsOf } from './kinds.ts'
import type { Leaf } from './edit.ts'

export function AddCondition({ label, add }: { label: string; add: (leaf: Leaf) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      combobox.focusTarget()
      setText('')
    },
    onDropdownOpen: () => combobox.focusSearchInput(),
  })
  const wanted = text.trim().toLowerCase()
  const fits = (key: KindKey): boolean =>
    `${t(`ruleKind.${key}`)} ${t(`ruleKindText.${key}`)}`.toLowerCase().includes(wanted)
  const found = FAMILIES.map(family => ({ family, kinds: kindsOf(family).filter(fits) })).filter(
    f => f.kinds.length > 0,
  )
  return (
    <Combobox
      store={combobox}
      width={360}
      position="bottom-start"
      onOptionSubmit={key => {
        combobox.closeDropdown()
        add(structuredClone(KINDS[key as KindKey].leaf) as Leaf)
      }}
    >
      <Combobox.Target targetType="button" withAriaAttributes={false}>
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlus size={14} aria-hidden />}
          aria-haspopup="listbox"
          aria-expanded={combobox.dropdownOpened}
          onClick={() => combobox.toggleDropdown()}
        >
          {label}
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={text}
          onChange={event => {
            setText(event.currentTarget.value)
            combobox.updateSelectedOptionIndex()
          }}
          aria-label={t('ruleEdit.searchKinds')}
          placeholder={t('ruleEdit.searchKinds')}
        />
        <Combobox.Options mah={340} style={{ overflowY: 'auto' }} aria-label={t('ruleEdit.kinds')}>
          {found.map(({ family, kinds }) => (
            <Combobox.Group key={family} label={t(`ruleFamily.${family}`)}>
              {kinds.map(key => (
                <Combobox.Option key={key} value={key}>
                  <div>{t(`ruleKind.${key}`)}</div>
                  <div className="dim rule-kind-text">{t(`ruleKindText.${key}`)}</div>
                </Combobox.Option>
              ))}
            </Combobox.Group>
          ))}
          {found.length === 0 ? <Combobox.Empty>{t('ruleEdit.noKind')}</Combobox.Empty> : null}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
