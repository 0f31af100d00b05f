// The state of a broadcast as a badge.
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { Badge } from '../parts/small.tsx'

type State = Out<'broadcast'>['state']
const TONES = {
  draft: 'skip',
  approval: 'wait',
  scheduled: 'wait',
  canary: 'accent',
  sending: 'accent',
  paused: 'wait',
  canary_stopped: 'bad',
  cancelled: 'skip',
  done: 'good',
} as const satisfies Record<State, string>

export function BroadcastState({ state }: { state: State }) {
  const { t } = useTranslation()
  return <Badge tone={TONES[state]}>{t(`broadcasts.state_${state}`)}</Badge>
}
