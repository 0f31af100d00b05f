// Google Analytics 4, as BigQuery exports it: nothing to map, the target knows the documents.
import type { Preset } from './register.ts'

export const ga4: Preset = {
  name: 'ga4',
  label: { zh: 'GA4（BigQuery 匯出）', en: 'GA4 (BigQuery export)' },
  target: 'ga4',
  signs: ['event_name', 'event_timestamp', 'user_pseudo_id'],
  whole: true,
  evidence: 'public_docs',
  mapping: {},
}
