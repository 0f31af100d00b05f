// What a field of a node is given, whatever its kind.
import { createContext, useContext } from 'react'
import type { JourneyGraph } from '../../../src/journeys/model.ts'
import type { FieldSpec } from '../../../src/journeys/nodes/type.ts'
import { i18n } from '../../i18n.ts'

export type FieldProps = {
  spec: FieldSpec
  /** what it is called, and what it means where that is not evident */
  label: string
  help: string
  value: unknown
  onChange: (value: unknown) => void
  /** what is wrong with it, in words */
  error: string | null
  /** where it is in the node: /content, /branches/0/rule */
  path: string
  /** the fields beside it */
  beside: Record<string, unknown>
  readOnly: boolean
}

/** What every input of a field has. */
export const basics = ({ label, help, error, path, readOnly }: FieldProps) =>
  ({
    size: 'sm',
    label,
    description: help || undefined,
    error,
    readOnly,
    'data-path': path,
  }) as const

/** Nothing typed is no value. */
export const orUnset = (typed: string): string | undefined => (typed === '' ? undefined : typed)

/** What all fields of a form stand in. */
export type FormContext = {
  ws: string
  graph: JourneyGraph
  /** the node, or another thing of the journey whose fields these are */
  type: string
  node: string | null
  faults: { path: string; message: { zh: string; en: string } }[]
}
const Context = createContext<FormContext | null>(null)
export const FormProvider = Context.Provider
export function useForm(): FormContext {
  const context = useContext(Context)
  if (!context) throw new Error('a field stands in a form')
  return context
}

/** A word of a field: of its own type first (web/words: fields_<type>), then of all types (fields). Names of fields inside
 *  of a list or group may have its name before them: answers_label, else label. */
export function fieldWord(type: string, path: string, suffix = ''): string | null {
  const names = path.split('/').filter(p => p !== '' && !/^\d+$/.test(p))
  const keys = names.map((_, i) => names.slice(i).join('_') + suffix)
  for (const group of [`fields_${type}`, 'fields'])
    for (const key of keys) {
      const full = `${group}.${key}`
      if (i18n.exists(full)) return i18n.t(full as 'fields.text')
    }
  return null
}
