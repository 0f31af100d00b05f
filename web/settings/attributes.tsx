// Attributes: what may be known of a customer, of which type, and why it is kept.
import { Button, Checkbox, Group, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconForms } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { ATTRIBUTE_TYPES, type AttributeType } from '../../src/customers/settings.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Card } from '../parts/page.tsx'
import { Badge, Guarded } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { ActionsHead } from '../parts/table.tsx'
import { useSay } from '../use.ts'

type Attribute = Out<'attributes'>['items'][number]

const BLANK: Attribute = {
  name: '',
  label: { zh: '', en: '' },
  type: 'text',
  choices: null,
  wanted: false,
  purpose: '',
  personal: true,
  sensitive: false,
  builtIn: false,
}

export function Attributes({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const query = useApi('attributes', { ws })
  const remove = useAct('deleteAttribute', { done: t('common.saved') })
  const [editing, edit] = useState<Attribute | null>(null)
  const [removing, setRemoving] = useState<Attribute | null>(null)
  return (
    <Stack>
      <Card
        title={t('attributes.title')}
        aside={
          <Guarded scope="workspace:write" size="xs" onClick={() => edit(BLANK)}>
            {t('attributes.add')}
          </Guarded>
        }
      >
        <Text c="dimmed">{t('attributes.lead')}</Text>
      </Card>
      <Show query={query}>
        {({ items }) => {
          const own = items.filter(a => !a.builtIn)
          return (
            <>
              <Card title={t('attributes.own')} flush>
                {own.length === 0 ? (
                  <Empty
                    icon={<IconForms />}
                    title={t('attributes.none')}
                    text={t('attributes.noneText')}
                    action={
                      <Guarded scope="workspace:write" onClick={() => edit(BLANK)}>
                        {t('attributes.add')}
                      </Guarded>
                    }
                  />
                ) : (
                  <List items={own} edit={edit} remove={setRemoving} />
                )}
              </Card>
              <Card title={t('attributes.builtIn')} flush>
                <List items={items.filter(a => a.builtIn)} edit={edit} />
              </Card>
            </>
          )
        }}
      </Show>
      <Modal
        opened={editing !== null}
        onClose={() => edit(null)}
        size="lg"
        title={editing?.name ? t('attributes.editOf', { name: editing.name }) : t('attributes.add')}
      >
        {editing ? <Form key={editing.name} ws={ws} attribute={editing} close={() => edit(null)} /> : null}
      </Modal>
      <Confirm
        danger
        title={t('attributes.remove')}
        text={t('attributes.removeSure', { name: removing?.name ?? '' })}
        action={t('attributes.remove')}
        opened={removing !== null}
        close={() => setRemoving(null)}
        run={() => removing && remove.mutate({ ws, name: removing.name })}
      />
    </Stack>
  )
}

function List({
  items,
  edit,
  remove,
}: {
  items: Attribute[]
  edit: (a: Attribute) => void
  remove?: (a: Attribute) => void
}) {
  const { t, locale } = useSay()
  return (
    <div className="table-scroll" style={{ position: 'relative' }}>
      <table className="table">
        <thead>
          <tr>
            <th>{t('common.name')}</th>
            <th>{t('attributes.type')}</th>
            <th>{t('attributes.wantedShort')}</th>
            <th>{t('attributes.purpose')}</th>
            <ActionsHead />
          </tr>
        </thead>
        <tbody>
          {items.map(a => (
            <tr key={a.name}>
              <td>
                {locale === 'en' ? a.label.en : a.label.zh}{' '}
                <Text span c="dimmed" className="mono" size="xs">
                  {a.name}
                </Text>{' '}
                {a.sensitive ? <Badge tone="bad">{t('attributes.sensitive')}</Badge> : null}
                {a.personal && !a.sensitive ? <Badge tone="skip">{t('attributes.personal')}</Badge> : null}
              </td>
              <td>
                {t(`attributeType.${a.type}`)}
                {a.choices ? (
                  <Text size="xs" c="dimmed">
                    {a.choices.map(c => (locale === 'en' ? c.label.en : c.label.zh)).join(t('say.list'))}
                  </Text>
                ) : null}
              </td>
              <td>{a.wanted ? t('common.yes') : '—'}</td>
              <td>{a.purpose || '—'}</td>
              <td className="end nowrap">
                <Group gap={6} justify="flex-end" wrap="nowrap">
                  <Guarded
                    scope="workspace:write"
                    size="compact-xs"
                    variant="default"
                    onClick={() => edit(a)}
                  >
                    {t('attributes.edit')}
                  </Guarded>
                  {remove ? (
                    <Guarded
                      scope="workspace:write"
                      size="compact-xs"
                      variant="default"
                      onClick={() => remove(a)}
                    >
                      {t('attributes.remove')}
                    </Guarded>
                  ) : null}
                </Group>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** One choice a line: value, Chinese label, English label. */
const writeChoices = (a: Attribute): string =>
  (a.choices ?? []).map(c => [c.value, c.label.zh, c.label.en].join(', ')).join('\n')

export function readChoices(text: string): Attribute['choices'] {
  const lines = text
    .split('\n')
    .map(line => line.split(/[,\uff0c]/).map(part => part.trim()))
    .filter(([value]) => value !== undefined && value !== '')
  if (lines.length === 0) return null
  return lines.map(([value = '', zh = '', en = '']) => ({
    value,
    label: { zh: zh || value, en: en || zh || value },
  }))
}

function Form({ ws, attribute, close }: { ws: string; attribute: Attribute; close: () => void }) {
  const { t } = useTranslation()
  const fresh = attribute.name === ''
  const [a, set] = useState(attribute)
  const [choices, setChoices] = useState(writeChoices(attribute))
  const save = useAct('saveAttribute', { done: t('common.saved'), after: close })
  const change = (more: Partial<Attribute>) => set({ ...a, ...more })
  const chosen = a.type === 'text' || a.type === 'list'
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        const { name, builtIn, ...body } = a
        save.mutate({
          ws,
          name: name.trim(),
          body: { ...body, choices: builtIn ? a.choices : chosen ? readChoices(choices) : null },
        })
      }}
    >
      <Stack gap="sm">
        {fresh ? (
          <TextInput
            label={t('attributes.name')}
            description={t('attributes.nameText')}
            required
            withAsterisk={false}
            maxLength={64}
            pattern="[A-Za-z][A-Za-z0-9_.]*"
            value={a.name}
            onChange={e => change({ name: e.currentTarget.value })}
            data-autofocus
          />
        ) : null}
        <Group grow align="flex-start">
          <TextInput
            label={t('attributes.labelZh')}
            required
            withAsterisk={false}
            maxLength={60}
            value={a.label.zh}
            onChange={e => change({ label: { ...a.label, zh: e.currentTarget.value } })}
          />
          <TextInput
            label={t('attributes.labelEn')}
            required
            withAsterisk={false}
            maxLength={60}
            value={a.label.en}
            onChange={e => change({ label: { ...a.label, en: e.currentTarget.value } })}
          />
        </Group>
        {a.builtIn ? null : (
          <Select
            label={t('attributes.type')}
            allowDeselect={false}
            data={ATTRIBUTE_TYPES.map(type => ({ value: type, label: t(`attributeType.${type}`) }))}
            value={a.type}
            onChange={value => value && change({ type: value as AttributeType })}
          />
        )}
        {!a.builtIn && chosen ? (
          <Textarea
            label={t('attributes.choices')}
            description={t('attributes.choicesText')}
            autosize
            minRows={2}
            maxRows={10}
            value={choices}
            onChange={e => setChoices(e.currentTarget.value)}
          />
        ) : null}
        <TextInput
          label={t('attributes.purpose')}
          description={t('attributes.purposeText')}
          maxLength={500}
          value={a.purpose}
          onChange={e => change({ purpose: e.currentTarget.value })}
        />
        <Group>
          <Checkbox
            label={t('attributes.wanted')}
            checked={a.wanted}
            onChange={e => change({ wanted: e.currentTarget.checked })}
          />
          <Checkbox
            label={t('attributes.personal')}
            checked={a.personal}
            onChange={e => change({ personal: e.currentTarget.checked })}
          />
          <Checkbox
            label={t('attributes.sensitive')}
            checked={a.sensitive}
            onChange={e => change({ sensitive: e.currentTarget.checked })}
          />
        </Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('common.cancel')}
          </Button>
          <Guarded scope="workspace:write" type="submit" loading={save.isPending}>
            {t('common.save')}
          </Guarded>
        </Group>
      </Stack>
    </form>
  )
}
