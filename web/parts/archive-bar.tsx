// The end of a form of what is archived and never deleted: archive (asked again) or bring back, and save.
import { Group } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Scope } from '../../src/contract.ts'
import { Confirm } from './confirm.tsx'
import { Guarded } from './small.tsx'

/** Inside the form: save submits it. */
export function ArchiveBar({
  scope,
  archived,
  saving,
  words,
  archive,
}: {
  scope: Scope
  archived: boolean
  saving: boolean
  words: { archive: string; restore: string; sure: string }
  /** absent while it is new */
  archive: ((archived: boolean) => void) | undefined
}) {
  const { t } = useTranslation()
  const [asking, ask] = useState(false)
  return (
    <>
      <Group justify="space-between" mt="sm">
        {archive ? (
          <Guarded scope={scope} variant="default" onClick={() => (archived ? archive(false) : ask(true))}>
            {archived ? words.restore : words.archive}
          </Guarded>
        ) : (
          <span />
        )}
        <Guarded scope={scope} type="submit" loading={saving}>
          {t('common.save')}
        </Guarded>
      </Group>
      <Confirm
        title={words.archive}
        text={words.sure}
        action={words.archive}
        opened={asking}
        close={() => ask(false)}
        run={() => archive?.(true)}
      />
    </>
  )
}
