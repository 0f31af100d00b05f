// Above a journey whose rules ask for a past that is still being looked at: how far that is.
import { Progress } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useSay } from '../use.ts'

export function JourneyComputing({ of }: { of: Out<'journey'>['computing'] }) {
  const { t } = useTranslation()
  const say = useSay()
  if (of === null) return null
  const { done, total } = of
  const text =
    total === null
      ? t('journeyComputing.open')
      : t('journeyComputing.text', { done: say.count(done), total: say.count(total) })
  return (
    <div className="banner banner-wait" role="status">
      {text}
      <Progress
        mt={6}
        size="sm"
        aria-label={text}
        value={total ? (100 * done) / total : 0}
        color="yellow.8"
      />
    </div>
  )
}
