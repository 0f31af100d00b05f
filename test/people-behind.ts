// Reads the people behind a figure to the end, page by page, for tests that the list has exactly who was counted.
import type { EndpointName } from '../src/contract.ts'
import type { JourneyLab } from './journey-lab.ts'

type Row = { customer: { id: string }; value: number }

export async function everybodyBehind(
  lab: JourneyLab,
  name: EndpointName,
  query: Record<string, string>,
  params: Record<string, string> = {},
): Promise<{ ids: Set<string>; rows: Row[] }> {
  const rows: Row[] = []
  let cursor: string | undefined
  do {
    const { status, body } = await lab.call(name, {
      params,
      query: { ...query, limit: '50', ...(cursor ? { cursor } : {}) },
    })
    if (status !== 200) throw new Error(`${name} answered ${status}: ${JSON.stringify(body)}`)
    const page = body as unknown as { items: Row[]; next: string | null }
    rows.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return { ids: new Set(rows.map(r => r.customer.id)), rows }
}
