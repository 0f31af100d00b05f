// A rule as it is being written, with all that can be undone.
import { useReducer } from 'react'
import type { Rule } from '../../src/rules/model.ts'
import { asRoot, type Group } from './edit.ts'

type Written = { root: Group; past: Group[]; future: Group[]; step: string | null }
type Act =
  /** changes with the same `step` in a row are one step: typing a number is undone at once */
  | { do: 'write'; root: Group; step: string | null }
  | { do: 'undo' }
  | { do: 'redo' }
  | { do: 'reset'; root: Group }

const MOST = 100

export function written(now: Written, act: Act): Written {
  switch (act.do) {
    case 'write':
      return now.step !== null && now.step === act.step
        ? { ...now, root: act.root, future: [] }
        : { root: act.root, past: [...now.past.slice(-MOST), now.root], future: [], step: act.step }
    case 'undo': {
      const root = now.past.at(-1)
      return root ? { root, past: now.past.slice(0, -1), future: [now.root, ...now.future], step: null } : now
    }
    case 'redo': {
      const [root, ...future] = now.future
      return root ? { root, past: [...now.past, now.root], future, step: null } : now
    }
    case 'reset':
      return begun(act.root)
  }
}

const begun = (root: Group): Written => ({ root, past: [], future: [], step: null })

export type RuleDraft = {
  root: Group
  /** null: nothing is asked yet */
  rule: Rule | null
  write: (root: Rule, step?: string) => void
  undo: (() => void) | null
  redo: (() => void) | null
  reset: (rule: Rule | null) => void
}

export function useRuleDraft(first: Rule | null): RuleDraft {
  const [now, act] = useReducer(written, first, rule => begun(asRoot(rule)))
  return {
    root: now.root,
    rule: now.root.rules.length === 0 ? null : now.root,
    write: (root, step) => act({ do: 'write', root: asRoot(root), step: step ?? null }),
    undo: now.past.length > 0 ? () => act({ do: 'undo' }) : null,
    redo: now.future.length > 0 ? () => act({ do: 'redo' }) : null,
    reset: rule => act({ do: 'reset', root: asRoot(rule) }),
  }
}
