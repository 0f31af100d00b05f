// The made-up brand's catalogue: its products, four stores and the people in them.
import { PRODUCTS as PRODUCT_SHELF } from '../catalogue/products.ts'
import { fillShelf } from '../catalogue/shelf.ts'
import { STAFF } from '../catalogue/staff.ts'
import { STORES } from '../catalogue/stores.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { BRAND, PRODUCTS } from '../sandbox/brand.ts'

const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const open = (range: string) => Object.fromEntries(EVERY_DAY.map(d => [d, [range]]))

const STORE_ROWS = [
  {
    code: 'TPE01',
    name: '台北信義店',
    name_en: 'Taipei Xinyi',
    region: '北區',
    address: '台北市信義區（虛構）茶香路 1 號',
    phone: '02-0000-0001',
    latitude: 25.0358,
    longitude: 121.5672,
    hours: open('11:00-21:30'),
  },
  {
    code: 'TPE02',
    name: '台北永康店',
    name_en: 'Taipei Yongkang',
    region: '北區',
    address: '台北市大安區（虛構）霧丘街 8 號',
    phone: '02-0000-0002',
    latitude: 25.0331,
    longitude: 121.5297,
    hours: { ...open('10:30-20:30'), mon: [] },
  },
  {
    code: 'TXG01',
    name: '台中草悟店',
    name_en: 'Taichung Calligraphy Greenway',
    region: '中區',
    address: '台中市西區（虛構）綠園道 12 號',
    phone: '04-0000-0001',
    latitude: 24.1502,
    longitude: 120.6631,
    hours: open('11:00-21:00'),
  },
  {
    code: 'TNN01',
    name: '台南赤崁店',
    name_en: 'Tainan Chihkan',
    region: '南區',
    address: '台南市中西區（虛構）茶行巷 3 號',
    phone: '06-0000-0001',
    latitude: 22.9975,
    longitude: 120.2025,
    hours: {
      ...open('10:00-14:00'),
      sat: ['10:00-14:00', '17:00-21:00'],
      sun: ['10:00-14:00', '17:00-21:00'],
    },
  },
]
const STAFF_ROWS = [
  { code: 'S001', name: '陳美玲', store: 'TPE01', role: 'manager' },
  { code: 'S002', name: '林志豪', store: 'TPE01', role: 'staff' },
  { code: 'S003', name: '王筱雯', store: 'TPE02', role: 'manager' },
  { code: 'S004', name: '張家瑋', store: 'TXG01', role: 'manager' },
  { code: 'S005', name: '蔡宜蓁', store: 'TNN01', role: 'manager' },
]

/** Cost is made up too: a share of the price that differs by kind. */
const COST_SHARE: Record<string, number> = { 茶葉: 0.42, 茶包: 0.36, 茶器: 0.48, 禮盒: 0.52 }

/** `shopUrl`: the sandbox shop, which has a page for each product. */
export async function fillDemoCatalogue(sql: Sql, workspace: Uuid, shopUrl: string): Promise<void> {
  await fillShelf(sql, STORES, workspace, STORE_ROWS)
  await fillShelf(sql, STAFF, workspace, STAFF_ROWS)
  await fillShelf(
    sql,
    PRODUCT_SHELF,
    workspace,
    PRODUCTS.map((p, i) => ({
      code: p.sku,
      sku: p.sku,
      name: p.name.zh,
      category: [p.category.zh],
      brand: BRAND.zh,
      price: p.price,
      cost: Math.round(p.price * (COST_SHARE[p.category.zh] ?? 0.45)),
      stock: 40 + ((i * 37) % 160),
      url: `${shopUrl}/p/${p.sku}`,
    })),
  )
}
