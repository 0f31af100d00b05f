// Pictures and style of the sandbox's shop: drawn here, so that the shop needs nothing from outside.
import type { Product } from './brand.ts'

const SHAPES: Record<Product['shape'], (light: string, mid: string, dark: string) => string> = {
  tin: (light, mid, dark) =>
    `<rect x="64" y="62" width="72" height="96" rx="8" fill="${mid}"/><rect x="60" y="48" width="80" height="24" rx="7" fill="${dark}"/><rect x="76" y="88" width="48" height="50" rx="4" fill="${light}"/><path d="M100 96c12 8 14 22 0 34c-14-12-12-26 0-34zM100 100v28" fill="none" stroke="${dark}" stroke-width="2.5"/>`,
  bags: (light, mid, dark) =>
    `<path d="M70 78h60l8 80a6 6 0 0 1-6 6H68a6 6 0 0 1-6-6z" fill="${mid}"/><path d="M70 78c4-16 14-24 30-24s26 8 30 24z" fill="${dark}"/><path d="M100 54V34q0-8 10-8h18" fill="none" stroke="${dark}" stroke-width="2.5"/><rect x="126" y="18" width="22" height="18" rx="3" fill="${light}" stroke="${dark}" stroke-width="2"/><circle cx="100" cy="118" r="22" fill="${light}"/><path d="M90 124c2-14 10-18 20-18c0 12-8 20-20 18z" fill="${mid}"/>`,
  pot: (light, mid, dark) =>
    `<path d="M78 60h44l10 92a10 10 0 0 1-10 10H78a10 10 0 0 1-10-10z" fill="${light}" stroke="${mid}" stroke-width="3"/><path d="M73 104h54l5 48a10 10 0 0 1-10 10H78a10 10 0 0 1-10-10z" fill="${mid}" opacity=".75"/><rect x="82" y="40" width="36" height="22" rx="6" fill="${dark}"/><path d="M88 116q6 6 12 0t12 0" fill="none" stroke="${light}" stroke-width="2.5"/>`,
  cup: (light, mid, dark) =>
    `<path d="M54 92h64c0 34-12 52-32 52s-32-18-32-52z" fill="#fff" stroke="${mid}" stroke-width="3"/><path d="M58 84q28-26 56 0z" fill="${light}" stroke="${mid}" stroke-width="3"/><circle cx="86" cy="68" r="5" fill="${dark}"/><ellipse cx="86" cy="152" rx="40" ry="7" fill="${mid}" opacity=".5"/><path d="M126 122h36c0 18-6 28-18 28s-18-10-18-28z" fill="#fff" stroke="${mid}" stroke-width="3"/><ellipse cx="144" cy="123" rx="16" ry="4" fill="${dark}" opacity=".7"/>`,
  box: (light, mid, dark) =>
    `<rect x="46" y="66" width="108" height="92" rx="8" fill="${mid}"/><rect x="40" y="52" width="120" height="28" rx="6" fill="${dark}"/><rect x="92" y="52" width="16" height="106" fill="${light}"/><path d="M100 52c-10-22-34-22-32-8c1 8 18 10 32 8c14 2 31 0 32-8c2-14-22-14-32 8z" fill="${light}" stroke="${dark}" stroke-width="2"/>`,
}

/** An SVG of the product on its own ground; decorative, the name stands beside it. */
export function productSvg(product: Product): string {
  const [light, mid, dark] = product.colours
  return `<svg viewBox="0 0 200 200" aria-hidden="true"><rect width="200" height="200" fill="${light}"/><circle cx="150" cy="46" r="26" fill="#fff" opacity=".45"/><path d="M0 176q50-24 100-6t100-8v38H0z" fill="#fff" opacity=".55"/>${SHAPES[product.shape](light, mid, dark)}</svg>`
}

export const SHOP_CSS = `
:root{color-scheme:light;--ink:#2a302b;--soft:#6b736c;--line:#e5e4dc;--paper:#fbfaf6;--leaf:#3f6b4b;--leaf-deep:#2f5239}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.65 Inter,"PingFang TC","Noto Sans TC","Noto Sans CJK TC","Microsoft JhengHei",sans-serif}
a{color:inherit;text-decoration:none}
.note{background:#eef3ea;color:#38523f;font-size:12.5px;text-align:center;padding:5px 12px}
header{position:sticky;top:0;z-index:1;background:rgb(251 250 246/.94);border-bottom:1px solid var(--line)}
.bar{max-width:1040px;margin:auto;padding:12px 18px;display:flex;gap:14px;align-items:center;flex-wrap:wrap}
.brand{font-size:19px;font-weight:650;letter-spacing:.08em;display:flex;gap:9px;align-items:center}
.brand svg{width:26px;height:26px}
.bar nav{margin-left:auto;display:flex;gap:16px;align-items:center;font-size:14px}
.who{color:var(--soft)}
.bag{border:1px solid var(--line);border-radius:99px;padding:5px 13px;background:#fff}
main{max-width:1040px;margin:auto;padding:20px 18px 64px}
h1{font-size:25px;line-height:1.35;margin:10px 0 6px;font-weight:650}
.lead{color:var(--soft);margin:0 0 22px;max-width:60ch}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(212px,1fr));gap:18px;padding:0;margin:0;list-style:none}
.card{display:block;background:#fff;border:1px solid var(--line);border-radius:12px;overflow:hidden}
.card:hover{border-color:#c4cfc2}
.card svg,.hero svg,.thumb svg{display:block;width:100%}
.card div{padding:12px 14px 14px}
.kind{font-size:12px;color:var(--soft)}
.card strong{display:block;font-weight:600;line-height:1.4;margin:2px 0 6px}
.price{font-variant-numeric:tabular-nums;font-weight:600}
.two{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:34px;align-items:start}
.hero svg{border-radius:14px}
button,.button{font:inherit;font-weight:600;border:0;border-radius:10px;padding:12px 24px;background:var(--leaf);color:#fff;cursor:pointer;display:inline-block;text-align:center}
button:hover,.button:hover{background:var(--leaf-deep)}
button.quiet,.button.quiet{background:#fff;color:var(--ink);border:1px solid var(--line);font-weight:500;padding:7px 13px}
:focus-visible{outline:3px solid #93b89c;outline-offset:2px}
label{display:block;font-size:13.5px;color:var(--soft);margin:14px 0 4px}
input,select{font:inherit;padding:9px 11px;border:1px solid #cfd3cb;border-radius:9px;background:#fff;color:inherit;width:100%}
.row{display:flex;gap:12px;align-items:end;margin-top:18px}
.row select{width:88px}
.lines{list-style:none;padding:0;margin:14px 0;background:#fff;border:1px solid var(--line);border-radius:12px}
.lines li{display:flex;gap:14px;align-items:center;padding:12px 14px;border-top:1px solid var(--line)}
.lines li:first-child{border-top:0}
.thumb{width:60px;flex:none;border-radius:9px;overflow:hidden}
.grow{flex:1;min-width:0}
.sum{display:flex;justify-content:space-between;align-items:center;gap:14px;margin:16px 2px;font-size:17px;flex-wrap:wrap}
.panel{background:#fff;border:1px solid var(--line);border-radius:12px;padding:18px 20px}
.wrong{background:#fdeeec;border:1px solid #f0c8c2;color:#8c2f22;border-radius:10px;padding:10px 14px}
.back{font-size:14px;color:var(--soft)}
@media(max-width:640px){.two{grid-template-columns:1fr;gap:18px}.grid{grid-template-columns:1fr 1fr;gap:12px}.who{display:none}main{padding:12px 14px 48px}h1{font-size:21px}}
`

export const LOGO =
  '<svg viewBox="0 0 26 26" aria-hidden="true"><circle cx="13" cy="13" r="13" fill="#3f6b4b"/><path d="M4 17q4.500-8 8-3t10-2" fill="none" stroke="#e9f2e4" stroke-width="2" stroke-linecap="round"/><circle cx="18" cy="7.500" r="2.200" fill="#f2d58b"/></svg>'
