// What the targets of the catalogue share: rows that are refused stand beside those that are stored.
import type { Filled, Values } from '../../catalogue/shelf.ts'
import type { Cells, CellValue, RowFault, RowOutcome } from '../model.ts'

type Ready = Values & { code: string }

export const isFault = (r: object): r is RowFault => 'detail' in r && 'field' in r

/** Stores what is ready; one outcome for each row, in order. */
export async function putRows(
  rows: (Ready | RowFault)[],
  store: (ready: Ready[]) => Promise<Filled[]>,
): Promise<RowOutcome[]> {
  const filled = await store(rows.filter((r): r is Ready => !isFault(r)))
  let at = 0
  return rows.map(r => (isFault(r) ? r : filled[at++]!))
}

/** A row for an export: what is not known is left empty. */
export function withoutEmpty(values: Record<string, CellValue | null | undefined>): Cells {
  const cells: Cells = {}
  for (const [key, value] of Object.entries(values))
    if (value !== null && value !== undefined && value !== '') cells[key] = value
  return cells
}
