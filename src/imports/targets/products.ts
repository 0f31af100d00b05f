// Products: one row a product, known by its code (what events name as product_id).
import { fillShelf, type Values, wholeShelf } from '../../catalogue/shelf.ts'
import { PRODUCTS, type ProductRow } from '../../catalogue/products.ts'
import { fromSmallestUnit, toSmallestUnit } from '../../customers/money.ts'
import {
  type Cells,
  type ImportContext,
  type ImportField,
  rowFault,
  type RowFault,
  type TableTarget,
} from '../model.ts'
import {
  EXTRA_FIELDS,
  readAttributes,
  readVariants,
  writeAttributes,
  writeVariants,
} from './product-extras.ts'
import { isFault, putRows, withoutEmpty } from './shelf-rows.ts'

const fields: readonly ImportField[] = [
  {
    key: 'code',
    label: { zh: '商品編號', en: 'Product code' },
    type: 'code',
    required: true,
    synonyms: [
      '商品代號',
      '商品id',
      '產品編號',
      '貨號',
      '款號',
      '品號',
      'product id',
      'product_id',
      'item no',
      'handle',
    ],
    example: 'TEA-001',
  },
  {
    key: 'name',
    label: { zh: '商品名稱', en: 'Product name' },
    type: 'text',
    required: true,
    synonyms: ['品名', '名稱', '產品名稱', 'name', 'title', 'product title'],
    example: '阿里山高山茶 150g',
  },
  {
    key: 'sku',
    label: { zh: 'SKU', en: 'SKU' },
    type: 'code',
    synonyms: ['料號', '庫存單位', 'variant sku', '條碼', 'barcode'],
    example: 'TEA-001-150',
  },
  {
    key: 'category',
    label: { zh: '分類', en: 'Category' },
    type: 'text',
    synonyms: ['商品分類', '類別', '品類', 'product category', 'type', 'product type'],
    example: '茶葉 > 高山茶',
  },
  {
    key: 'brand',
    label: { zh: '品牌', en: 'Brand' },
    type: 'text',
    synonyms: ['廠牌', 'vendor', 'manufacturer'],
    example: '旅圖茶行',
  },
  {
    key: 'price',
    label: { zh: '售價', en: 'Price' },
    type: 'money',
    synonyms: ['價格', '單價', '定價', '建議售價', 'selling price', 'unit price', 'variant price'],
    example: '680',
  },
  {
    key: 'cost',
    label: { zh: '成本', en: 'Cost' },
    type: 'money',
    synonyms: ['成本價', '進貨成本', '進價', 'cost price', 'cost per item', 'unit cost'],
    example: '310',
  },
  {
    key: 'currency',
    label: { zh: '幣別', en: 'Currency' },
    type: 'code',
    synonyms: ['貨幣', 'currency code'],
    example: 'TWD',
  },
  {
    key: 'stock',
    label: { zh: '庫存', en: 'Stock' },
    type: 'whole',
    synonyms: ['庫存量', '庫存數量', 'inventory', 'quantity', 'qty', 'variant inventory qty'],
    example: '120',
  },
  {
    key: 'image_url',
    label: { zh: '圖片網址', en: 'Image URL' },
    type: 'text',
    synonyms: ['圖片', '主圖', '商品圖片', 'image', 'image src', 'picture'],
    example: 'https://example.com/tea-001.jpg',
  },
  {
    key: 'url',
    label: { zh: '商品網址', en: 'Product URL' },
    type: 'text',
    synonyms: ['網址', '連結', '商品連結', 'link', 'product link'],
    example: 'https://example.com/products/tea-001',
  },
  {
    key: 'status',
    label: { zh: '狀態', en: 'Status' },
    type: 'text',
    synonyms: ['商品狀態', '上架狀態', 'published'],
    choices: {
      active: ['上架', '上架中', '販售中', '銷售中', '是', 'active', 'published', 'true'],
      hidden: ['下架', '未上架', '隱藏', '草稿', '否', 'hidden', 'draft', 'archived', 'false'],
      discontinued: ['停售', '停產', '絕版', 'discontinued'],
    },
    example: '上架',
  },
  ...EXTRA_FIELDS,
]

/** The cell as a link; null when it is none. */
function linkOf(value: unknown): string | null {
  const text = String(value)
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : null
}

function valuesOf(cells: Cells, context: ImportContext): (Values & { code: string }) | RowFault {
  const { code, name, sku, category, brand, currency, stock, status } = cells
  if (currency !== undefined && !/^[A-Z]{3}$/.test(String(currency)))
    return rowFault('currency', 'bad_currency', 'Write a currency as three capital letters, such as TWD')
  const values: Values & { code: string } = {
    ...{ name, sku, brand, currency, stock, status },
    code: String(code),
  }
  for (const key of ['price', 'cost'] as const) {
    if (cells[key] === undefined) continue
    const amount = toSmallestUnit(cells[key], String(currency ?? context.currency))
    if (amount === null) return rowFault(key, 'bad_money', 'It is not an amount of 0 or more')
    values[key] = amount
  }
  for (const key of ['image_url', 'url'] as const) {
    if (cells[key] === undefined) continue
    const link = linkOf(cells[key])
    if (link === null) return rowFault(key, 'bad_url', 'It is not a web address (https://…)')
    values[key] = link
  }
  if (cells.variants !== undefined) {
    const variants = readVariants(String(cells.variants), String(currency ?? context.currency))
    if (!Array.isArray(variants)) return variants
    values.variants = variants
  }
  if (cells.attributes !== undefined) {
    const attributes = readAttributes(String(cells.attributes))
    if (isFault(attributes)) return attributes
    values.attributes = attributes
  }
  if (category !== undefined)
    values.category = String(category)
      .split(/[>＞›]/)
      .map(c => c.trim())
      .filter(Boolean)
      .slice(0, 10)
  return values
}

export const products: TableTarget = {
  kind: 'table',
  name: 'products',
  label: { zh: '商品', en: 'Products' },
  hint: {
    zh: '一列一項商品，以商品編號辨認；空白的欄位保留原值。',
    en: 'One row a product, known by its code; empty cells keep what is there.',
  },
  fields,

  put: (sql, rows, context) =>
    putRows(
      rows.map(r => valuesOf(r, context)),
      ready => fillShelf(sql, PRODUCTS, context.workspace, ready),
    ),

  async *read({ pool, workspace, currency: own }) {
    for await (const row of wholeShelf<ProductRow>(pool, PRODUCTS, workspace)) {
      const { code, name, sku, brand, currency, stock, image_url, url, status } = row
      const money = (amount: number | null) =>
        amount === null ? null : fromSmallestUnit(amount, currency ?? own)
      yield withoutEmpty({
        ...{ code, name, sku, brand, currency, stock, image_url, url, status },
        category: row.category.join(' > '),
        price: money(row.price),
        cost: money(row.cost),
        variants: writeVariants(row.variants, currency ?? own),
        attributes: writeAttributes(row.attributes),
      })
    }
  },
}
