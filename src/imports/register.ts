// All import targets. A new one is a file in targets/ and a line here.
import type { ImportTarget } from './model.ts'
import { consents } from './targets/consents.ts'
import { customers } from './targets/customers.ts'
import { events } from './targets/events.ts'
import { ga4 } from './targets/ga4.ts'
import { items } from './targets/items.ts'
import { members } from './targets/members.ts'
import { orders } from './targets/orders.ts'
import { products } from './targets/products.ts'
import { staff } from './targets/staff.ts'
import { stores } from './targets/stores.ts'
import { tags } from './targets/tags.ts'

export const TARGETS: readonly ImportTarget[] = [
  customers,
  orders,
  events,
  consents,
  tags,
  members,
  products,
  stores,
  staff,
  ga4,
  items,
]

export const targetNamed = (name: string): ImportTarget | null => TARGETS.find(t => t.name === name) ?? null
