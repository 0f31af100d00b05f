// A rule inside a node: the rule builder, which may also ask since the entry into the journey or the node.
import { Input } from '@mantine/core'
import type { Rule } from '../../../src/rules/model.ts'
import { RuleBuilder } from '../../rules/builder.tsx'
import { asRoot } from '../../rules/edit.ts'
import type { RuleDraft } from '../../rules/history.ts'
import { sayRule } from '../../rules/in-words.ts'
import { useVocabulary } from '../../rules/vocabulary.tsx'
import { useSay } from '../../use.ts'
import { type FieldProps, useForm } from './model.ts'

export function RuleField({ label, help, value, onChange, error, path, readOnly }: FieldProps) {
  const { faults } = useForm()
  return (
    <Input.Wrapper size="sm" label={label} labelElement="div" description={help || undefined} error={error}>
      <RuleEditor
        rule={value as Rule | undefined}
        change={onChange}
        faults={faults
          .filter(f => f.path.startsWith(path))
          .map(f => ({ ...f, code: '', path: f.path.slice(path.length) }))}
        journey
        readOnly={readOnly}
      />
    </Input.Wrapper>
  )
}

/** A rule whose undo is the canvas's. An empty one is none. */
export function RuleEditor({
  rule,
  change,
  faults = [],
  journey,
  readOnly,
}: {
  rule: Rule | undefined
  change: (rule: Rule | undefined) => void
  faults?: { path: string; code: string; message: { zh: string; en: string } }[]
  journey: boolean
  readOnly: boolean
}) {
  const say = useSay()
  const { names } = useVocabulary()
  if (readOnly)
    return <p className="rule-read">{rule ? sayRule(rule, say, names) : say.t('journeys.none')}</p>
  const root = asRoot(rule ?? null)
  const write = (next: Rule) => {
    const group = asRoot(next)
    change(group.rules.length === 0 ? undefined : group)
  }
  const draft: RuleDraft = {
    root,
    rule: rule ?? null,
    write,
    undo: null,
    redo: null,
    reset: next => change(next ?? undefined),
  }
  // a lone condition is stored bare but edited in a group: faults of the bare one are those of the first line
  const bare = rule !== undefined && root !== rule
  return (
    <RuleBuilder
      draft={draft}
      journey={journey}
      inForm
      faults={bare ? faults.map(f => ({ ...f, path: `/rules/0${f.path}` })) : faults}
    />
  )
}
