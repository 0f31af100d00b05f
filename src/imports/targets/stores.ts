// Stores: one row a store, known by its code.
import { DAYS, type Day, type Hours, readDay } from '../../catalogue/model.ts'
import { fillShelf, type Values, wholeShelf } from '../../catalogue/shelf.ts'
import { STORES, type StoreRow } from '../../catalogue/stores.ts'
import { type Cells, type ImportField, rowFault, type RowFault, type TableTarget } from '../model.ts'
import { putRows, withoutEmpty } from './shelf-rows.ts'

const DAY_LABEL: Record<Day, [zh: string, en: string]> = {
  mon: ['週一', 'Monday'],
  tue: ['週二', 'Tuesday'],
  wed: ['週三', 'Wednesday'],
  thu: ['週四', 'Thursday'],
  fri: ['週五', 'Friday'],
  sat: ['週六', 'Saturday'],
  sun: ['週日', 'Sunday'],
}

const fields: readonly ImportField[] = [
  {
    key: 'code',
    label: { zh: '門市代碼', en: 'Store code' },
    type: 'code',
    required: true,
    synonyms: [
      '門市代號',
      '門市編號',
      '店號',
      '店代號',
      '分店代號',
      'store id',
      'store no',
      'branch code',
      'shop code',
    ],
    example: 'TPE01',
  },
  {
    key: 'name',
    label: { zh: '門市名稱', en: 'Store name' },
    type: 'text',
    required: true,
    synonyms: ['店名', '門市', '分店名稱', 'name', 'shop name', 'branch name'],
    example: '台北信義店',
  },
  {
    key: 'name_en',
    label: { zh: '英文名稱', en: 'English name' },
    type: 'text',
    synonyms: ['門市英文名稱', 'english name', 'name en'],
    example: 'Taipei Xinyi',
  },
  {
    key: 'region',
    label: { zh: '區域', en: 'Region' },
    type: 'text',
    synonyms: ['地區', '分區', '縣市', 'area', 'city', 'district'],
    example: '北區',
  },
  {
    key: 'address',
    label: { zh: '地址', en: 'Address' },
    type: 'text',
    synonyms: ['門市地址', '住址', 'store address', 'street'],
    example: '台北市信義區松壽路 12 號',
  },
  {
    key: 'phone',
    label: { zh: '電話', en: 'Phone' },
    type: 'text',
    synonyms: ['門市電話', '聯絡電話', 'tel', 'telephone', 'phone number'],
    example: '02-2345-6789',
  },
  {
    key: 'latitude',
    label: { zh: '緯度', en: 'Latitude' },
    type: 'number',
    synonyms: ['lat'],
    example: '25.0358',
  },
  {
    key: 'longitude',
    label: { zh: '經度', en: 'Longitude' },
    type: 'number',
    synonyms: ['lng', 'lon', 'long'],
    example: '121.5672',
  },
  ...DAYS.map(
    (day): ImportField => ({
      key: `hours_${day}`,
      label: { zh: `${DAY_LABEL[day][0]}營業時間`, en: `${DAY_LABEL[day][1]} hours` },
      type: 'text',
      synonyms: [DAY_LABEL[day][0], DAY_LABEL[day][1]],
      example: day === 'sun' ? '休' : '10:00-21:30',
    }),
  ),
  {
    key: 'active',
    label: { zh: '營業中', en: 'Active' },
    type: 'yes_no',
    synonyms: ['是否營業', '啟用', '狀態', 'open', 'enabled'],
    example: '是',
  },
]

function valuesOf(cells: Cells): (Values & { code: string }) | RowFault {
  const hours: Hours = {}
  let given = false
  for (const day of DAYS) {
    const cell = cells[`hours_${day}`]
    if (cell === undefined) continue
    const read = readDay(String(cell))
    if (!read)
      return rowFault(
        `hours_${day}`,
        'bad_hours',
        'Write opening hours as 10:00-21:30, several parted by a comma; 休 or closed for none',
      )
    given = true
    if (read.length > 0) hours[day] = read
  }
  for (const [key, most] of [
    ['latitude', 90],
    ['longitude', 180],
  ] as const)
    if (Math.abs(Number(cells[key] ?? 0)) > most)
      return rowFault(key, 'bad_place', `It lies between -${most} and ${most}`)
  const { code, name, name_en, region, address, phone, latitude, longitude, active } = cells
  return {
    ...{ name, name_en, region, address, phone, latitude, longitude, active },
    code: String(code),
    ...(given ? { hours } : {}),
  }
}

export const stores: TableTarget = {
  kind: 'table',
  name: 'stores',
  label: { zh: '門市', en: 'Stores' },
  hint: {
    zh: '一列一家門市，以門市代碼辨認；空白的欄位保留原值。',
    en: 'One row a store, known by its code; an empty cell keeps what is there.',
  },
  fields,

  put: (sql, rows, { workspace }) =>
    putRows(rows.map(valuesOf), ready => fillShelf(sql, STORES, workspace, ready)),

  async *read({ pool, workspace }) {
    for await (const row of wholeShelf<StoreRow>(pool, STORES, workspace)) {
      const { code, name, name_en, region, address, phone, latitude, longitude, active } = row
      yield withoutEmpty({
        ...{ code, name, name_en, region, address, phone, latitude, longitude, active },
        ...Object.fromEntries(DAYS.map(d => [`hours_${d}`, row.hours[d]?.join(', ') ?? '休'])),
      })
    }
  },
}
