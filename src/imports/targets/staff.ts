// Store staff: one row a person, known by their code. PINs come in and are kept as hashes; they never go out.
import { hashPin } from '../../catalogue/pin.ts'
import { codesOnShelf, fillShelf, type Values, wholeShelf } from '../../catalogue/shelf.ts'
import { STAFF, type StaffRow } from '../../catalogue/staff.ts'
import { STORES } from '../../catalogue/stores.ts'
import { type Cells, type ImportField, rowFault, type RowFault, type TableTarget } from '../model.ts'
import { putRows, withoutEmpty } from './shelf-rows.ts'

const fields: readonly ImportField[] = [
  {
    key: 'code',
    label: { zh: '員工編號', en: 'Staff code' },
    type: 'code',
    required: true,
    synonyms: ['員工代號', '店員編號', '人員編號', '工號', 'staff id', 'employee id', 'employee no'],
    example: 'S001',
  },
  {
    key: 'name',
    label: { zh: '姓名', en: 'Name' },
    type: 'text',
    required: true,
    synonyms: ['員工姓名', '店員姓名', 'staff name', 'employee name'],
    example: '陳美玲',
  },
  {
    key: 'store',
    label: { zh: '門市代碼', en: 'Store code' },
    type: 'code',
    synonyms: ['門市', '店號', '所屬門市', 'store', 'branch'],
    example: 'TPE01',
  },
  {
    key: 'role',
    label: { zh: '職務', en: 'Role' },
    type: 'text',
    synonyms: ['職稱', 'title', 'position'],
    choices: {
      manager: ['店長', '副店長', '主管', '經理', 'manager'],
      staff: ['店員', '門市人員', '專員', '職員', 'staff', 'clerk', 'associate'],
    },
    example: '店員',
  },
  {
    key: 'pin',
    label: { zh: 'PIN（4 到 8 位數字）', en: 'PIN (4 to 8 digits)' },
    type: 'code',
    synonyms: ['pin', '密碼'],
  },
  {
    key: 'active',
    label: { zh: '在職', en: 'Active' },
    type: 'yes_no',
    synonyms: ['是否在職', '啟用', 'enabled'],
    example: '是',
  },
]

async function valuesOf(cells: Cells, known: Set<string>): Promise<(Values & { code: string }) | RowFault> {
  const { code, name, store, role, pin, active } = cells
  if (store !== undefined && !known.has(String(store)))
    return rowFault('store', 'unknown_store', `There is no store ${String(store)}; import the stores first`)
  if (pin !== undefined && !/^\d{4,8}$/.test(String(pin)))
    return rowFault('pin', 'bad_pin', 'A PIN has 4 to 8 digits')
  return {
    ...{ name, store, role, active },
    code: String(code),
    ...(pin === undefined ? {} : { pin_hash: await hashPin(String(pin)) }),
  }
}

export const staff: TableTarget = {
  kind: 'table',
  name: 'staff',
  label: { zh: '門市人員', en: 'Store staff' },
  hint: {
    zh: '一列一位人員，以員工編號辨認；PIN 只進不出。',
    en: 'One row a person, known by the staff code; PINs go in and never come out.',
  },
  fields,

  async put(sql, rows, { workspace }) {
    const stores = rows.flatMap(r => (r.store === undefined ? [] : [String(r.store)]))
    const known = await codesOnShelf(sql, STORES, workspace, stores)
    const ready = await Promise.all(rows.map(r => valuesOf(r, known)))
    return putRows(ready, values => fillShelf(sql, STAFF, workspace, values))
  },

  async *read({ pool, workspace }) {
    for await (const { code, name, store, role, active } of wholeShelf<StaffRow>(pool, STAFF, workspace))
      yield withoutEmpty({ code, name, store, role, active })
  },
}
