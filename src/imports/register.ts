// All import targets. A new one is a file in targets/ and a line here.
import type { ImportTarget } from './model.ts'
import { customers } from './targets/customers.ts'

export const TARGETS: readonly ImportTarget[] = [customers]

export const targetNamed = (name: string): ImportTarget | null => TARGETS.find(t => t.name === name) ?? null
