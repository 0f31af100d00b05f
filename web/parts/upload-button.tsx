// The button that takes one file and sends it at once.
import { Button, FileButton } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'

export function UploadButton({
  label,
  accept,
  sending,
  send,
}: {
  label: string
  accept: string
  sending: boolean
  send: (file: File | null) => Promise<void>
}) {
  return (
    <FileButton onChange={file => void send(file)} accept={accept} inputProps={{ 'aria-label': label }}>
      {props => (
        <Button
          {...props}
          size="xs"
          variant="default"
          loading={sending}
          leftSection={<IconUpload size={15} aria-hidden />}
        >
          {label}
        </Button>
      )}
    </FileButton>
  )
}
