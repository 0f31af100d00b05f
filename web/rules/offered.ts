// What a picker offers: the names that are known, and, where there are more, those that a search finds.
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useApi } from '../api/queries.ts'
import type { Option } from './fields.tsx'
import { useVocabulary, type Vocabulary, type VocabularyPart } from './vocabulary.tsx'

const PAUSE_MS = 250
const MOST_FOUND = 50

export const plainOptions = (values: readonly string[]): Option[] => values.map(v => ({ value: v, label: v }))

export function uniqueOptions(options: Option[]): Option[] {
  const seen = new Set<string>()
  return options.filter(o => !seen.has(o.value) && seen.add(o.value))
}

export function useOffered(
  part: VocabularyPart,
  from: (vocabulary: Vocabulary) => Option[],
): { options: Option[]; onSearch: (text: string) => void } {
  const { ws, vocabulary } = useVocabulary()
  const [text, onSearch] = useState('')
  const [asked] = useDebouncedValue(text.trim(), PAUSE_MS)
  const searches = asked !== '' && vocabulary.more.includes(part)
  const found = useApi(
    'ruleVocabulary',
    { ws, query: { q: asked, part, limit: MOST_FOUND } },
    { enabled: searches, keep: true },
  )
  const options = [...from(vocabulary), ...(searches && found.data ? from(found.data) : [])]
  return { options: uniqueOptions(options), onSearch }
}
