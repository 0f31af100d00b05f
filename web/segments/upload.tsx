// A file for a list: uploaded here, then mapped, tried and run on the page of its import.
import { Button, FileButton, Group, Modal, Progress, Stack, Text } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { showProblem } from '../api/queries.ts'
import { uploadFile } from '../imports/upload.ts'
import { Guarded } from '../parts/small.tsx'
import type { SegmentDetail } from './parts.tsx'

export function UploadList({ ws, of }: { ws: string; of: SegmentDetail }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [opened, open] = useState(false)
  const [share, setShare] = useState<number | null>(null)
  const send = async (file: File | null) => {
    if (!file) return
    setShare(0)
    try {
      const made = await uploadFile(ws, file, setShare, `segments/${encodeURIComponent(of.id)}/upload`)
      await navigate({ to: '/w/$ws/imports/$import', params: { ws, import: made.id } })
    } catch (error) {
      showProblem(error)
      setShare(null)
    }
  }
  const percent = Math.round((share ?? 0) * 100)
  return (
    <>
      <Guarded
        scope="customers:import"
        size="xs"
        variant="default"
        leftSection={<IconUpload size={15} aria-hidden />}
        onClick={() => open(true)}
      >
        {t('segment.upload')}
      </Guarded>
      <Modal opened={opened} onClose={() => open(false)} centered title={t('segment.uploadTitle')}>
        <Stack>
          <Text>{t('segment.uploadText')}</Text>
          <Text size="sm" c="dimmed">
            {t('segment.uploadSteps')}
          </Text>
          {share === null ? null : (
            <div role="status">
              <Text size="sm">{t('segment.uploading', { percent })}</Text>
              <Progress value={percent} aria-label={t('segment.uploading', { percent })} />
            </div>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => open(false)}>
              {t('common.cancel')}
            </Button>
            <FileButton onChange={file => void send(file)} accept=".csv,.tsv,.txt,.xlsx">
              {props => (
                <Button {...props} loading={share !== null} data-autofocus>
                  {t('segment.uploadChoose')}
                </Button>
              )}
            </FileButton>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
