// Google Analytics 4: the BigQuery export as JSON lines (table events_YYYYMMDD). Its recommended ecommerce events become
// those of this product; everything else keeps its name. Schema: support.google.com/analytics/answer/7029846
import type { DocumentTarget } from '../model.ts'
import { rowFault } from '../model.ts'

/** GA4's recommended events, and what they are called here. */
const NAMES: Record<string, string> = {
  view_item: 'Product Viewed',
  view_item_list: 'Product List Viewed',
  select_item: 'Product Clicked',
  add_to_cart: 'Product Added',
  remove_from_cart: 'Product Removed',
  add_to_wishlist: 'Product Added to Wishlist',
  view_cart: 'Cart Viewed',
  begin_checkout: 'Checkout Started',
  add_payment_info: 'Payment Info Entered',
  purchase: 'Order Completed',
  refund: 'Order Refunded',
  search: 'Products Searched',
  view_search_results: 'Products Searched',
  share: 'Product Shared',
  sign_up: 'Signed Up',
  login: 'Signed In',
  first_open: 'Application Installed',
}

type Doc = Record<string, unknown>
const isDoc = (v: unknown): v is Doc => typeof v === 'object' && v !== null && !Array.isArray(v)
const docs = (v: unknown): Doc[] => (Array.isArray(v) ? v.filter(isDoc) : [])

/** BigQuery writes whole numbers as texts. */
const numeric = (v: unknown): number | undefined => {
  const n = typeof v === 'string' && v !== '' ? Number(v) : v
  return typeof n === 'number' && Number.isFinite(n) ? n : undefined
}
const textual = (v: unknown): string | undefined =>
  typeof v === 'string' && v !== '' && v !== '(not set)' ? v : undefined

/** event_params: [{ key, value: { string_value | int_value | float_value | double_value } }] */
function paramsOf(doc: Doc): Doc {
  const params: Doc = {}
  for (const { key, value } of docs(doc.event_params)) {
    if (typeof key !== 'string' || !isDoc(value)) continue
    const read =
      textual(value.string_value) ??
      numeric(value.int_value) ??
      numeric(value.double_value) ??
      numeric(value.float_value)
    if (read !== undefined) params[key] = read
  }
  return params
}

function productOf(item: Doc): Doc {
  const product: Doc = {}
  const put = (name: string, value: unknown) => {
    if (value !== undefined) product[name] = value
  }
  put('product_id', textual(item.item_id))
  put('sku', textual(item.item_id))
  put('name', textual(item.item_name))
  put('brand', textual(item.item_brand))
  put('category', textual(item.item_category))
  put('variant', textual(item.item_variant))
  put('coupon', textual(item.coupon))
  put('price', numeric(item.price))
  put('quantity', numeric(item.quantity))
  return product
}

function propertiesOf(doc: Doc, name: string): Doc {
  const { page_location, page_title, page_referrer, source, medium, campaign, term, content, ...params } =
    paramsOf(doc)
  const props: Doc = {}
  for (const [key, value] of Object.entries(params))
    if (!/^(ga_|engaged_session|debug_)/.test(key)) props[key] = value
  if (page_location !== undefined) props.url = page_location
  if (page_title !== undefined) props.title = page_title
  if (page_referrer !== undefined) props.referrer = page_referrer
  const manual = isDoc(doc.collected_traffic_source) ? doc.collected_traffic_source : {}
  const touched = {
    source: textual(manual.manual_source) ?? source,
    medium: textual(manual.manual_medium) ?? medium,
    name: textual(manual.manual_campaign_name) ?? campaign,
    term: textual(manual.manual_term) ?? term,
    content: textual(manual.manual_content) ?? content,
  }
  const sources = Object.entries(touched).filter(([, v]) => v !== undefined)
  if (sources.length > 0) props.campaign = Object.fromEntries(sources)
  const products = docs(doc.items).map(productOf)
  if (name.startsWith('Product ') && products.length === 1) Object.assign(props, products[0])
  else if (products.length > 0) props.products = products
  if (name === 'Products Searched') props.query = params.search_term
  if (!name.startsWith('Order ')) return props
  const sale = isDoc(doc.ecommerce) ? doc.ecommerce : {}
  const order: Doc = {
    order_id: textual(sale.transaction_id) ?? params.transaction_id,
    total:
      numeric(name === 'Order Refunded' ? sale.refund_value : sale.purchase_revenue) ?? numeric(params.value),
    tax: numeric(sale.tax_value) ?? params.tax,
    shipping: numeric(sale.shipping_value) ?? params.shipping,
    sales_channel: 'online',
  }
  for (const [key, value] of Object.entries(order)) if (value !== undefined) props[key] = value
  delete props.transaction_id
  return props
}

export const ga4: DocumentTarget = {
  kind: 'documents',
  name: 'ga4',
  label: { zh: 'GA4 事件（BigQuery 匯出）', en: 'GA4 events (BigQuery export)' },
  hint: {
    zh: 'Google Analytics 4 以 BigQuery 匯出的 JSON Lines，一行一個事件，可為 .gz。',
    en: 'JSON lines as Google Analytics 4 exports to BigQuery, one event a line; .gz is taken too.',
  },
  fields: [],

  fromDocument(doc) {
    const event = textual(doc.event_name)
    const micros = numeric(doc.event_timestamp)
    if (event === undefined || micros === undefined)
      return {
        fault: rowFault(null, 'not_ga4', 'event_name and event_timestamp are needed: this is no GA4 event'),
      }
    const visitor = textual(doc.user_pseudo_id)
    const user = textual(doc.user_id)
    if (visitor === undefined && user === undefined)
      return {
        fault: {
          ...rowFault(null, 'no_identifier', 'Neither user_pseudo_id nor user_id: consent was not given'),
          skip: true,
        },
      }
    const page = event === 'page_view' || event === 'screen_view'
    const name = NAMES[event] ?? event
    const properties = propertiesOf(doc, name)
    return {
      items: [
        {
          key: `ga4:${visitor ?? user}:${micros}:${event}:${JSON.stringify([doc.event_bundle_sequence_id, doc.batch_page_id, doc.batch_ordering_id, doc.batch_event_index, properties])}`,
          item: {
            ...(page ? { type: event === 'page_view' ? 'page' : 'screen' } : { type: 'track', event: name }),
            ...(user === undefined ? {} : { userId: user }),
            ...(visitor === undefined ? {} : { anonymousId: 'ga:' + visitor }),
            timestamp: new Date(micros / 1000).toISOString(),
            properties,
          },
          once: true,
        },
      ],
    }
  },
}
