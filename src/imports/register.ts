// All import targets. A new one is a file in targets/ and a line here.
import type { ImportTarget } from './model.ts'
import { customers } from './targets/customers.ts'
import { products } from './targets/products.ts'
import { staff } from './targets/staff.ts'
import { stores } from './targets/stores.ts'

export const TARGETS: readonly ImportTarget[] = [customers, products, stores, staff]

export const targetNamed = (name: string): ImportTarget | null => TARGETS.find(t => t.name === name) ?? null
