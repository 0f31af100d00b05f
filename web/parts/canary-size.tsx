// How many go first, of a broadcast or a journey: a share or a number of people, one or the other.
import { NumberInput, SegmentedControl, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** Neither: everybody. */
export type CanaryOf = { percent?: number | undefined; people?: number | undefined }
const WAYS = ['none', 'percent', 'people'] as const
type Way = (typeof WAYS)[number]
const BEGIN: Record<Way, CanaryOf> = { none: {}, percent: { percent: 5 }, people: { people: 100 } }

export function CanarySize({
  value: { percent, people },
  put,
  optional = false,
  mostPercent,
  about,
  error,
  readOnly = false,
}: {
  value: CanaryOf
  put: (next: CanaryOf) => void
  /** everybody may be chosen, too */
  optional?: boolean
  mostPercent: number
  /** what it comes to, or what is meant by it */
  about: string | null
  error?: string | undefined
  readOnly?: boolean
}) {
  const { t } = useTranslation()
  const way: Way = people !== undefined ? 'people' : percent !== undefined || !optional ? 'percent' : 'none'
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500} id="canary-size">
        {t('canary.size')}
      </Text>
      <SegmentedControl
        size="xs"
        w="fit-content"
        aria-labelledby="canary-size"
        disabled={readOnly}
        value={way}
        onChange={next => put(BEGIN[WAYS.find(w => w === next) ?? 'none'])}
        data={WAYS.filter(w => optional || w !== 'none').map(w => ({ value: w, label: t(`canary.by_${w}`) }))}
      />
      {way === 'percent' ? (
        <NumberInput
          label={t('canary.percent')}
          min={0.1}
          max={mostPercent}
          readOnly={readOnly}
          error={error}
          value={percent ?? 5}
          onChange={n => typeof n === 'number' && put({ percent: n })}
        />
      ) : way === 'people' ? (
        <NumberInput
          label={t('canary.people')}
          min={1}
          max={1_000_000}
          allowDecimal={false}
          readOnly={readOnly}
          error={error}
          value={people}
          onChange={n => typeof n === 'number' && put({ people: n })}
        />
      ) : null}
      {about === null ? null : (
        <Text size="xs" c="dimmed" role="status">
          {about}
        </Text>
      )}
    </Stack>
  )
}
