// A product's picture: shown small, and in the form as an address or a file that is uploaded.
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { IconPackage } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sendFile } from '../api/call.ts'
import { showProblem } from '../api/queries.ts'
import { UploadButton } from '../parts/upload-button.tsx'
import { orNull } from './drawer.tsx'

/** The name stands beside it, so the picture itself says nothing to a screen reader. */
export function Picture({ url, size }: { url: string | null; size: number }) {
  const [broken, setBroken] = useState<string | null>(null)
  return url && broken !== url ? (
    <img
      className="picture"
      src={url}
      alt=""
      width={size}
      height={size}
      loading="lazy"
      referrerPolicy="no-referrer"
      onError={() => setBroken(url)}
    />
  ) : (
    <span className="picture" style={{ width: size, height: size }} aria-hidden>
      <IconPackage size={size / 2} />
    </span>
  )
}

/** Where the picture is: typed, or given by the upload. It is the product's once the form is saved. */
export function PictureField({ ws, url, set }: { ws: string; url: string; set: (url: string) => void }) {
  const { t } = useTranslation()
  const [sending, setSending] = useState(false)
  const send = async (file: File | null) => {
    if (!file) return
    setSending(true)
    try {
      set(((await sendFile(ws, 'pictures', file)) as { url: string }).url)
    } catch (error) {
      showProblem(error)
    } finally {
      setSending(false)
    }
  }
  return (
    <Group align="flex-start" wrap="nowrap">
      <Picture url={orNull(url)} size={96} />
      <Stack gap={4} style={{ flex: 1 }}>
        <TextInput
          type="url"
          label={t('catalogue.imageUrl')}
          description={t('catalogue.imageText')}
          placeholder="https://"
          value={url}
          onChange={e => set(e.currentTarget.value)}
        />
        <Group gap="xs">
          <UploadButton
            label={t('catalogue.imageUpload')}
            accept="image/png,image/jpeg,image/webp,image/gif"
            sending={sending}
            send={send}
          />
          {url === '' ? null : (
            <Button size="xs" variant="subtle" color="gray" onClick={() => set('')}>
              {t('catalogue.imageRemove')}
            </Button>
          )}
        </Group>
      </Stack>
    </Group>
  )
}
