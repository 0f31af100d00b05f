// Files as shops and tills in Taiwan hand them over, made here: encodings, formats, and the exports of shop platforms.
// All people and orders are made up. Cells are parted by | here.
import { gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { writeXlsx } from 'hucre/xlsx'

export type Sample = { name: string; bytes: Buffer; rows: number }

const cellsOf = (table: string): string[][] =>
  table
    .trim()
    .split('\n')
    .map(line => line.split('|'))

const csv = (table: string, delimiter = ','): string =>
  cellsOf(table)
    .map(cells => cells.map(c => (/[",\t]/.test(c) ? `"${c}"` : c)).join(delimiter))
    .join('\r\n') + '\r\n'

/** `encoding`: of iconv-lite. */
const sample = (name: string, table: string, encoding = 'utf8'): Sample => ({
  name,
  bytes: iconv.encode(csv(table), encoding),
  rows: cellsOf(table).length - 1,
})

const PEOPLE = `
會員編號|中文姓名|手機|E-mail|性別|生日|郵遞區號|縣市|鄉鎮市區|地址|標籤|訂閱電子報
M-001|王小明|0912-345-678|ming@example.com|男|民國85/3/2|106|台北市|大安區|和平東路一段 1 號|VIP、茶友|是
M-002|歐陽美麗|０９２２３３３４４４|Mei@Example.com|女|85.03.02|220|新北市|板橋區|文化路 2 號||否
M-003|陳 大同|+886933444555||先生|0740315|800|高雄市|新興區|中山一路 3 號|茶友|
`

export const bigFive = (): Sample => sample('會員資料.csv', PEOPLE, 'cp950')
export const utf16 = (): Sample => ({
  name: 'members.txt',
  bytes: iconv.encode(csv(PEOPLE, '\t'), 'utf-16le', { addBOM: true }),
  rows: 3,
})
export const utf8Bom = (): Sample => ({
  name: 'members.csv',
  bytes: Buffer.from('\ufeff' + csv(PEOPLE)),
  rows: 3,
})

/** A report with titles above its header, as tills print them. */
export const titled = (): Sample => ({
  name: '門市會員.csv',
  bytes: Buffer.from(`會員清單\r\n列印日期：115/05/01\r\n\r\n${csv(PEOPLE)}`),
  rows: 3,
})

/** Excel takes phone numbers for numbers: the first 0 is gone. */
export async function excel(): Promise<Sample> {
  const [head, ...people] = cellsOf(PEOPLE)
  const asNumber = (phone: string) =>
    Number(
      phone
        .normalize('NFKC')
        .replace(/\D/g, '')
        .replace(/^886|^0/, ''),
    )
  const rows = people.map(([no, name, phone, ...rest]) => [no!, name!, asNumber(phone!), ...rest])
  const book = await writeXlsx({ sheets: [{ name: '會員', rows: [head!, ...rows] }] })
  return { name: 'members.xlsx', bytes: Buffer.from(book), rows: 3 }
}

export const SHOPIFY_CUSTOMERS = (): Sample =>
  sample(
    'customers_export.csv',
    `
Customer ID|First Name|Last Name|Email|Accepts Email Marketing|Default Address Company|Default Address Address1|Default Address City|Default Address Zip|Default Address Country Code|Phone|Accepts SMS Marketing|Total Spent|Total Orders|Note|Tax Exempt|Tags
7001|小華|林|hua@example.com|yes||中山路 1 號|台中市|400|TW|+886911222333|no|3200.00|2||no|VIP, 新客
7002|Amy|Lee|amy@example.com|no|Acme|1 Main St|Taipei|100|TW||no|0.00|0|calls first|no|
`,
  )

export const SHOPIFY_ORDERS = (): Sample =>
  sample(
    'orders_export_1.csv',
    `
Name|Email|Financial Status|Paid at|Fulfillment Status|Fulfilled at|Accepts Marketing|Currency|Subtotal|Shipping|Taxes|Total|Discount Code|Discount Amount|Shipping Method|Created at|Lineitem quantity|Lineitem name|Lineitem price|Lineitem compare at price|Lineitem sku|Billing Name|Billing Phone|Cancelled at|Payment Method|Refunded Amount|Vendor|Id|Tags|Source|Phone
#1001|hua@example.com|paid|2026-04-01 10:05:00 +0800|fulfilled|2026-04-02 09:00:00 +0800|yes|TWD|1280.00|80.00|0.00|1260.00|TEA100|100.00|宅配|2026-04-01 10:00:00 +0800|1|高山烏龍 150g|640.00||OOL-150|林小華|0911222333||Line Pay|0.00|山茶|5001||web|
#1001|hua@example.com||||||||||||||2026-04-01 10:00:00 +0800|1|金萱 150g|640.00||JIN-150||||||山茶||||
#1002|amy@example.com|refunded|2026-04-03 10:05:00 +0800|unfulfilled||no|TWD|640.00|0.00|0.00|640.00||0.00||2026-04-03 10:00:00 +0800|1|金萱 150g|640.00||JIN-150|Amy Lee||2026-04-04 08:00:00 +0800|Credit Card|640.00|山茶|5002||web|
`,
  )

/** A product with two variants: one product. */
export const SHOPIFY_PRODUCTS = (): Sample =>
  sample(
    'products_export.csv',
    `
Handle|Title|Body (HTML)|Vendor|Type|Tags|Published|Option1 Name|Option1 Value|Variant SKU|Variant Inventory Qty|Variant Price|Image Src|Cost per item|Status
oolong|高山烏龍|<p>茶</p>|山茶|茶葉||true|重量|150g|OOL-150|20|640.00|https://img.example.com/o.jpg|280.00|active
oolong||||||||300g|OOL-300|8|1200.00||540.00|
cup|茶杯||山茶|茶具||true|||CUP-W|40|300.00|||draft
`,
  )

export const SHOPLINE_ORDERS = (): Sample =>
  sample(
    'shopline.csv',
    `
訂單號碼|訂單日期|訂單狀態|付款狀態|顧客 ID|顧客|電郵|電話號碼|幣別|運費|優惠折扣|訂單合計|商品名稱|選項|商品貨號|商品結帳價|數量
20260401001|2026/04/01 10:00|已完成|已付款|5f001|林小華|hua@example.com|0911222333|TWD|NT$80|NT$100|NT$1,260|高山烏龍|150g|OOL-150|NT$640|1
20260401001|2026/04/01 10:00|已完成|已付款|5f001|林小華|hua@example.com|0911222333|TWD|NT$80|NT$100|NT$1,260|金萱|150g|JIN-150|NT$640|1
20260402001|2026/04/02 11:00|已取消|未付款|5f002|王小明|ming@example.com|0912345678|TWD|0|0|NT$640|金萱|150g|JIN-150|NT$640|1
`,
  )

export const NINETY_ONE_ORDERS = (): Sample =>
  sample(
    '91app.csv',
    `
購物車編號|主單編號|訂單編號|訂單轉單日|訂單狀態|客戶會員編號|會員手機|商品名稱|商品選項名稱|商品料號|商品單價|商品數量|商品總金額(單價*數量)|訂單總折扣金額
TG260401A1|TM260401A1|TS260401A1|2026/04/01 10:00:00|已出貨|C-9001|0955666777|高山烏龍|150g|OOL-150|640|2|1280|-80
TG260401A1|TM260401A1|TS260401A2|2026/04/01 10:00:00|已出貨|C-9001|0955666777|茶杯|白|CUP-W|300|1|300|0
`,
    'cp950',
  )

export const EASYSTORE_CUSTOMERS = (): Sample =>
  sample(
    'easystore.csv',
    `
Email|First_Name|Last_Name|Phone|Birthdate|Gender|Accepts_Marketing|Credit_Balance|Total Spent|Total Orders|Group_Name|Address_Customer_Address 1|Address_Customer_City|Address_Customer_Zip|Address_Customer_Country_Code|Note
lin@example.com|大仁|林|0966777888|1990/07/08|male|true|0|0|0|金卡|民生路 9 號|台南市|700|TW|
`,
  )

/** A day of a till: lines of sales, ROC dates, a sale to nobody known. */
export const tillOrders = (): Sample =>
  sample(
    'POS_1150501.csv',
    `
銷售單號|銷售日期|門市代號|店員代號|會員編號|手機條碼載具|品名|貨號|商品分類|單價|數量|明細金額|總金額
P0001|115/05/01 18:30|TPE01|S07|M-001||高山烏龍 150g|OOL-150|茶葉|640|2|1,280|1,580
P0001|115/05/01 18:30|TPE01|S07|M-001||茶杯|CUP-W|茶具|300|1|300|1,580
P0002|115/05/01 18:42|TPE01|S07|||金萱 150g|JIN-150|茶葉|640|1|640|640
P0003|115/05/01 19:05|TPE01|S08|M-002||金萱 150g|JIN-150|茶葉|640|1|640|640
`,
    'cp950',
  )

const param = (key: string, value: Record<string, unknown>) => ({ key, value })
const GA4 = [
  {
    event_date: '20260501',
    event_timestamp: '1777600000000000',
    event_name: 'page_view',
    event_params: [
      param('page_location', { string_value: 'https://shop.example.com/oolong?utm_source=fb' }),
      param('page_title', { string_value: '高山烏龍' }),
      param('ga_session_id', { int_value: '1777600000' }),
    ],
    user_pseudo_id: '111.222',
    collected_traffic_source: { manual_source: 'fb', manual_medium: 'cpc', manual_campaign_name: 'spring' },
    items: [],
  },
  {
    event_date: '20260501',
    event_timestamp: '1777600060000000',
    event_name: 'view_item',
    event_params: [param('currency', { string_value: 'TWD' }), param('value', { int_value: '640' })],
    user_pseudo_id: '111.222',
    items: [{ item_id: 'OOL-150', item_name: '高山烏龍', item_category: '茶葉', price: 640, quantity: 1 }],
  },
  {
    event_date: '20260501',
    event_timestamp: '1777600120000000',
    event_name: 'purchase',
    event_params: [param('currency', { string_value: 'TWD' })],
    user_id: 'M-001',
    user_pseudo_id: '111.222',
    ecommerce: { transaction_id: 'W-77', purchase_revenue: 1280, shipping_value: 0, tax_value: 0 },
    items: [{ item_id: 'OOL-150', item_name: '高山烏龍', item_category: '茶葉', price: 640, quantity: 2 }],
  },
]
export const ga4 = (): Sample => ({
  name: 'events_20260501.json.gz',
  bytes: gzipSync(GA4.map(e => JSON.stringify(e)).join('\n')),
  rows: 3,
})

/** Rows that are wrong, each in its own way, between good ones. */
export const badRows = (): Sample =>
  sample(
    'bad.csv',
    `
會員編號|姓名|手機|E-mail|生日
M-101|好人甲|0912000101||1990-01-01
M-102|電話錯|0912||1990-01-01
M-103|生日錯|0912000103||民國85/2/30
|沒有人|||1990-01-01
M-105|信箱錯||no-at-sign|
M-106|好人乙|0912000106|good@example.com|
`,
  )
