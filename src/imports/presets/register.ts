// What is known of the exports of shop platforms: which columns they have and what each means. A preset only fills in the
// mapping, which the user sees and may change. `evidence` says where the column names come from; docs/IMPORTS.md lists it.
import type { Mapping } from '../headers.ts'
import type { Words } from '../model.ts'
import { cyberbiz } from './cyberbiz.ts'
import { easystore } from './easystore.ts'
import { ga4 } from './ga4.ts'
import { ninetyOneApp } from './ninety-one-app.ts'
import { shopify } from './shopify.ts'
import { shopline } from './shopline.ts'

export type Preset = {
  name: string
  label: Words
  target: string
  /** columns by which a file is recognised: all of them are there; empty: never by itself */
  signs: readonly string[]
  mapping: Mapping
  /** texts for fields that the file has no column for */
  constants?: Readonly<Record<string, string>>
  /** rows without this field belong to the row above and are left out */
  skipWithout?: string
  /** true: columns that the preset does not name are left out; else they are suggested by name */
  whole?: boolean
  /** public_docs: the platform's own help pages or API reference · public_files: header rows in public repositories ·
   *  guess: the usual words, not seen anywhere */
  evidence: 'public_docs' | 'public_files' | 'guess'
}

export const PRESETS: readonly Preset[] = [
  ...shopify,
  ...shopline,
  ...ninetyOneApp,
  ...easystore,
  ...cyberbiz,
  ga4,
]

export const presetNamed = (name: string): Preset | null => PRESETS.find(p => p.name === name) ?? null
