// What decided about a rule, one leaf a line: the sentence, whether it held, and what was found.
import { IconCheck, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { Rule } from '../../src/rules/model.ts'
import { word } from '../i18n.ts'
import { useSay } from '../use.ts'
import './rules.css'
import { isGroup, type Leaf } from './edit.ts'
import { sayRule, saySeen } from './in-words.ts'
import { useVocabulary } from './vocabulary.tsx'

type Reason = Out<'whyRule'>['why'][number]

/** The leaf that a JSON pointer names; null when the rule has another shape by now. */
function leafAt(rule: Rule | null, path: string): Leaf | null {
  let at: unknown = rule
  for (const key of path.split('/').slice(1)) at = (at as Record<string, unknown> | null | undefined)?.[key]
  const found = at as Rule | null | undefined
  return !found || typeof found.op !== 'string' || isGroup(found) || found.op === 'not' ? null : found
}

export function WhyLines({ rule, why }: { rule: Rule | null; why: Reason[] }) {
  const { t } = useTranslation()
  const say = useSay()
  const { names } = useVocabulary()
  if (why.length === 0) return null
  return (
    <ul className="why-lines">
      {why.map(reason => {
        const found = leafAt(rule, reason.path)
        const leaf = found && found.op === reason.leaf ? found : null
        const seen = saySeen(reason.seen, leaf, say, names)
        return (
          <li key={reason.path}>
            <span className={reason.value ? 'tone-good' : 'tone-bad'}>
              {reason.value ? (
                <IconCheck size={14} role="img" aria-label={t('ruleEdit.holds')} />
              ) : (
                <IconX size={14} role="img" aria-label={t('ruleEdit.holdsNot')} />
              )}
            </span>
            <span>
              {leaf ? sayRule(leaf, say, names) : word('leaf', reason.leaf)}{' '}
              <span className="dim">{t('ruleEdit.seen', { seen })}</span>
            </span>
          </li>
        )
      })}
    </ul>
  )
}
