// Above a journey whose rules ask for a past that is still being looked at: how far that is.
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { Looking } from '../parts/looking.tsx'
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
  return <Looking text={text} done={done} total={total} />
}
