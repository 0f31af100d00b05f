// A product that becomes available is said to those customers who some live journey waits for with it.
import { LAUNCHED } from '../journeys/triggers/launch.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { queueJob } from './jobs.ts'
import { newestWorld } from './publish.ts'

type Launched = {
  code: string
  name: string
  category: string[]
  brand: string | null
  price: number | null
  currency: string | null
  url: string | null
  image_url: string | null
}

/** In the caller's transaction; after its commit emit `segment-job`. */
export async function tellLaunch(sql: Sql, workspace: Uuid, product: Launched, actor: string): Promise<void> {
  const { journeys } = await newestWorld(sql, workspace)
  if (!journeys.some(j => j.status === 'live' && j.graph.trigger.kind === 'launch')) return
  const { code, name, category, brand, price, currency, url, image_url } = product
  await queueJob(sql, {
    workspace,
    segment: null,
    kind: 'tell',
    stage: 'walk',
    params: {
      tell: {
        do: 'tell',
        name: LAUNCHED,
        props: {
          product: code,
          name,
          category,
          ...(brand === null ? {} : { brand }),
          ...(price === null ? {} : { price }),
          ...(currency === null ? {} : { currency }),
          ...(url === null ? {} : { url }),
          ...(image_url === null ? {} : { image_url }),
        },
      },
    },
    actor,
  })
}
