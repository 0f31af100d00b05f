// The sign-in page of the brand's own shop, as the sandbox has it, for binding LINE: choose who you are, and go back with the
// shop's signed word for it.
import type { Hono } from 'hono'
import { html } from 'hono/html'
import { signUserToken } from '../../collect/token.ts'
import type { Core } from '../../platform/core.ts'
import { parseId } from '../../platform/ids.ts'
import { shoppers } from '../store.ts'
import type { LineEnv } from './line-http.ts'

const SHOWN = 50
const TOKEN_S = 600
const WORDS = {
  zh: { lang: 'zh-Hant', title: '登入商店會員', none: '這個沙盒還沒有會員。' },
  en: { lang: 'en', title: 'Sign in to the shop', none: 'This sandbox has no members yet.' },
}

export function shopLoginOf(core: Core, app: Hono<LineEnv>): void {
  app.get('/shop-login', async c => {
    const words = /^en/i.test(c.req.header('accept-language') ?? '') ? WORDS.en : WORDS.zh
    const back = c.req.query('return') ?? ''
    const account = /\/link\/line\/(chn_[0-9a-z]+)\/back\?/.exec(back)?.[1]
    const id = account === undefined ? null : parseId('chn', account)
    // only back to our own page: the token is for nobody else
    if (id === null || !back.startsWith(core.baseUrl + '/link/line/')) return c.notFound()
    const { rows } = await core.pool.query<{ workspace_id: string }>(
      'select workspace_id from channel_account where id = $1',
      [id],
    )
    if (!rows[0]) return c.notFound()
    const workspace = rows[0].workspace_id
    const people = await shoppers(core.pool, workspace, SHOWN)
    const links = await Promise.all(
      people.map(async p => {
        const url = new URL(back)
        url.searchParams.set('token', await signUserToken(core, workspace, { sub: p.member_no }, TOKEN_S))
        return { name: p.name ?? p.member_no, memberNo: p.member_no, href: url.href }
      }),
    )
    c.header('referrer-policy', 'no-referrer')
    return c.html(html`<!doctype html><html lang="${words.lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${words.title}</title>
<main><h1>${words.title}</h1>${links.length === 0 ? html`<p>${words.none}</p>` : html`<ul>${links.map(l => html`<li><a href="${l.href}">${l.name} · ${l.memberNo}</a></li>`)}</ul>`}</main></html>`)
  })
}
