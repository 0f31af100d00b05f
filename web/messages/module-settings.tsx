// Name, folder, tags and use of a module; and putting it away.
import { Button, Group, Modal, NativeSelect, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct } from '../api/queries.ts'

export function ModuleSettings({ ws, data, close }: { ws: string; data: Out<'module'>; close: () => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState(data.name)
  const [folder, setFolder] = useState(data.folder)
  const [tags, setTags] = useState(data.tags)
  const [purpose, setPurpose] = useState(data.purpose)
  const save = useAct('saveModule', { done: t('common.saved'), after: close })
  const archive = useAct('archiveModule', { done: t('common.saved'), after: close })
  return (
    <Modal
      opened
      onClose={close}
      title={t('modules.settings')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          const body = { version: data.version, name: name.trim(), folder: folder.trim(), tags, purpose }
          save.mutate({ ws, module: data.id, body })
        }}
      >
        <Stack gap="sm">
          <TextInput
            required
            withAsterisk={false}
            maxLength={120}
            label={t('modules.name')}
            value={name}
            onChange={e => setName(e.currentTarget.value)}
          />
          <TextInput
            label={t('modules.folder')}
            description={t('modules.folderHint')}
            maxLength={120}
            value={folder}
            onChange={e => setFolder(e.currentTarget.value)}
          />
          <TagsInput label={t('modules.tags')} maxTags={20} value={tags} onChange={setTags} />
          <NativeSelect
            label={t('modules.purpose')}
            data={(['marketing', 'transactional'] as const).map(p => ({
              value: p,
              label: t(`modules.purpose_${p}`),
            }))}
            value={purpose}
            onChange={e => setPurpose(e.currentTarget.value as typeof purpose)}
          />
          <Text size="xs" c="dimmed">
            {t('modules.archiveText')}
          </Text>
          <Group justify="space-between">
            <Button
              variant="subtle"
              color="gray"
              loading={archive.isPending}
              onClick={() =>
                archive.mutate({
                  ws,
                  module: data.id,
                  body: { version: data.version, archived: !data.archived },
                })
              }
            >
              {t(data.archived ? 'modules.unarchive' : 'modules.archive')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
