// The pages of the sandbox's shop: HTML from what was read, zh-TW or English. No I/O.
import { html, raw } from 'hono/html'
import { BRAND, PRODUCTS, type Product } from './brand.ts'
import { LOGO, productSvg, SHOP_CSS } from './shop-art.ts'

export type Language = 'zh' | 'en'
export type CartLine = { product: Product; quantity: number }
export type Order = { no: string; total: number }

/** What every page is drawn with. */
export type Frame = {
  language: Language
  /** of the workspace */
  currency: string
  /** `/shop/wsp_…`, without a trailing slash */
  base: string
  writeKey: string
  nonce: string
  shopper: string | null
  bagCount: number
  /** calls for the pixel, in order, before its first page view */
  calls: unknown[][]
}

type Html = ReturnType<typeof html>

const TEXT = {
  note: {
    zh: '這是沙盒裡的示範商店，商品與品牌皆為虛構，不會真的出貨。',
    en: 'A made-up shop inside the sandbox. Nothing is real and nothing is shipped.',
  },
  shop: { zh: '全部商品', en: 'All products' },
  tagline: { zh: '山裡的茶，日常的杯', en: 'Mountain tea for every day' },
  lead: {
    zh: '小農、小批次，採收後三週內送到你手上。',
    en: 'Small farms, small batches, on your table three weeks after the harvest.',
  },
  cart: { zh: '購物車', en: 'Cart' },
  as: { zh: '目前身分：', en: 'Shopping as ' },
  guest: { zh: '訪客', en: 'Guest' },
  add: { zh: '加入購物車', en: 'Add to cart' },
  quantity: { zh: '數量', en: 'Quantity' },
  remove: { zh: '移除', en: 'Remove' },
  empty: { zh: '購物車是空的。挑一款茶吧。', en: 'Your cart is empty. Choose a tea to begin.' },
  total: { zh: '合計', en: 'Total' },
  checkout: { zh: '前往結帳', en: 'Check out' },
  checkoutTitle: { zh: '結帳', en: 'Checkout' },
  name: { zh: '收件人', en: 'Recipient' },
  address: { zh: '取貨方式', en: 'Delivery' },
  home: { zh: '宅配到府', en: 'To my door' },
  pickup: { zh: '門市取貨', en: 'Pick up in store' },
  pay: { zh: '確認購買', en: 'Place the order' },
  failed: {
    zh: '訂單沒有成立，購物車還在。請再試一次。',
    en: 'The order was not placed; your cart is kept. Please try again.',
  },
  thanks: { zh: '謝謝你，訂單成立了', en: 'Thank you, your order is placed' },
  orderNo: { zh: '訂單編號', en: 'Order number' },
  more: { zh: '繼續逛', en: 'Keep shopping' },
  missing: { zh: '找不到這個頁面', en: 'This page does not exist' },
} satisfies Record<string, Record<Language, string>>

/** A price as the shop writes it: NT$680, HK$680. */
const money = (amount: number, { currency }: Frame): string =>
  currency === 'TWD'
    ? 'NT$' + amount.toLocaleString('en-US')
    : amount.toLocaleString('en-US', { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' })

export const totalOf = (cart: CartLine[]): number =>
  cart.reduce((sum, l) => sum + l.product.price * l.quantity, 0)

/** JSON that cannot end the script it stands in. */
const scriptJson = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')

function layout(f: Frame, title: string, content: Html): Html {
  const t = (key: keyof typeof TEXT) => TEXT[key][f.language]
  const other = f.language === 'zh' ? 'en' : 'zh'
  const script = `window.itinera=window.itinera||[];for(const c of ${scriptJson(f.calls)})itinera.push(c);
addEventListener('submit',e=>{const i=e.target.elements.anonymousId;if(i&&itinera.anonymousId)i.value=itinera.anonymousId()||''});`
  return html`<!doctype html>
<html lang="${f.language === 'zh' ? 'zh-Hant-TW' : 'en'}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
<title>${title}｜${BRAND[f.language]}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(LOGO.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" '))}">
<style nonce="${f.nonce}">${raw(SHOP_CSS)}</style>
<script nonce="${f.nonce}">${raw(script)}</script>
<script async src="/pixel.js" data-write-key="${f.writeKey}"></script>
</head>
<body>
<div class="note">${t('note')}</div>
<header><div class="bar">
<a class="brand" href="${f.base}/">${raw(LOGO)}${BRAND[f.language]}</a>
<nav>
<span class="who">${t('as')}${f.shopper ?? t('guest')}</span>
<a href="?lang=${other}" lang="${other === 'zh' ? 'zh-Hant-TW' : 'en'}">${other === 'zh' ? '中文' : 'English'}</a>
<a class="bag" href="${f.base}/cart">${t('cart')} ${f.bagCount}</a>
</nav>
</div></header>
<main>${content}</main>
</body>
</html>`
}

export function listPage(f: Frame): Html {
  const t = (key: keyof typeof TEXT) => TEXT[key][f.language]
  return layout(
    f,
    t('shop'),
    html`<h1>${t('tagline')}</h1><p class="lead">${t('lead')}</p>
<ul class="grid">${PRODUCTS.map(
      p =>
        html`<li><a class="card" href="${f.base}/p/${p.sku}">${raw(productSvg(p))}<div><span class="kind">${p.category[f.language]}</span><strong>${p.name[f.language]}</strong><span class="price">${money(p.price, f)}</span></div></a></li>`,
    )}</ul>`,
  )
}

export function productPage(f: Frame, p: Product): Html {
  const t = (key: keyof typeof TEXT) => TEXT[key][f.language]
  return layout(
    f,
    p.name[f.language],
    html`<p class="back"><a href="${f.base}/">← ${t('shop')}</a></p>
<div class="two"><div class="hero">${raw(productSvg(p))}</div><div>
<span class="kind">${p.category[f.language]}</span><h1>${p.name[f.language]}</h1><p class="lead">${p.note[f.language]}</p><p class="price">${money(p.price, f)}</p>
<form method="post" action="${f.base}/cart"><input type="hidden" name="sku" value="${p.sku}">
<div class="row"><div><label for="quantity">${t('quantity')}</label><select id="quantity" name="quantity">${[1, 2, 3, 4, 5].map(n => html`<option>${n}</option>`)}</select></div><button>${t('add')}</button></div></form>
</div></div>`,
  )
}

function lines(f: Frame, cart: CartLine[], removable: boolean): Html {
  return html`<ul class="lines">${cart.map(
    l =>
      html`<li><div class="thumb">${raw(productSvg(l.product))}</div><div class="grow"><a href="${f.base}/p/${l.product.sku}">${l.product.name[f.language]}</a><br><span class="kind">${money(l.product.price, f)} × ${l.quantity}</span></div><span class="price">${money(l.product.price * l.quantity, f)}</span>${
        removable
          ? html`<form method="post" action="${f.base}/cart"><input type="hidden" name="sku" value="${l.product.sku}"><input type="hidden" name="quantity" value="0"><button class="quiet" aria-label="${TEXT.remove[f.language]} ${l.product.name[f.language]}">${TEXT.remove[f.language]}</button></form>`
          : ''
      }</li>`,
  )}</ul>`
}

export function cartPage(f: Frame, cart: CartLine[]): Html {
  const t = (key: keyof typeof TEXT) => TEXT[key][f.language]
  return layout(
    f,
    t('cart'),
    cart.length === 0
      ? html`<h1>${t('cart')}</h1><p class="lead">${t('empty')}</p><a class="button" href="${f.base}/">${t('shop')}</a>`
      : html`<h1>${t('cart')}</h1>${lines(f, cart, true)}
<div class="sum"><span>${t('total')} <strong class="price">${money(totalOf(cart), f)}</strong></span><a class="button" href="${f.base}/checkout">${t('checkout')}</a></div>`,
  )
}

export function checkoutPage(f: Frame, cart: CartLine[], orderNo: string, failed: boolean): Html {
  const t = (key: keyof typeof TEXT) => TEXT[key][f.language]
  return layout(
    f,
    t('checkoutTitle'),
    html`<h1>${t('checkoutTitle')}</h1>${failed ? html`<p class="wrong" role="alert">${t('failed')}</p>` : ''}
<div class="two"><form class="panel" method="post" action="${f.base}/checkout">
<input type="hidden" name="orderNo" value="${orderNo}"><input type="hidden" name="anonymousId" value="">
<label for="name">${t('name')}</label><input id="name" name="name" autocomplete="off" value="${f.shopper ?? ''}">
<label for="delivery">${t('address')}</label><select id="delivery" name="delivery"><option value="home">${t('home')}</option><option value="store">${t('pickup')}</option></select>
<div class="sum"><span>${t('total')} <strong class="price">${money(totalOf(cart), f)}</strong></span><button>${t('pay')}</button></div>
</form><div>${lines(f, cart, false)}</div></div>`,
  )
}

export function thanksPage(f: Frame, order: Order): Html {
  const t = (key: keyof typeof TEXT) => TEXT[key][f.language]
  return layout(
    f,
    t('thanks'),
    html`<h1>${t('thanks')}</h1>
<div class="panel"><p>${t('orderNo')} <strong>${order.no}</strong></p><p>${t('total')} <strong class="price">${money(order.total, f)}</strong></p></div>
<p><a class="button quiet" href="${f.base}/">${t('more')}</a></p>`,
  )
}

export function missingPage(f: Frame): Html {
  return layout(
    f,
    TEXT.missing[f.language],
    html`<h1>${TEXT.missing[f.language]}</h1><p><a class="button quiet" href="${f.base}/">${TEXT.shop[f.language]}</a></p>`,
  )
}
