// What somebody reads when binding their LINE account cannot go on: in the reader's language, and what to do.
const WORDS = {
  zh: {
    lang: 'zh-Hant',
    missing: ['找不到這個連結', '連結可能不完整。請回到 LINE 聊天室，再點一次。'],
    over: ['連結已過期', '請回到 LINE 聊天室，再點一次。'],
    not_set_up: ['還不能綁定', '商店尚未設定登入頁，請稍後再試。'],
    not_signed_in: ['尚未登入', '請先登入商店會員，再綁定 LINE。'],
    failed: ['暫時無法完成', '請稍後回到 LINE 聊天室，再點一次。'],
  },
  en: {
    lang: 'en',
    missing: ['This link was not found', 'It may be incomplete. Go back to the LINE chat and tap it again.'],
    over: ['This link is over', 'Go back to the LINE chat and tap it again.'],
    not_set_up: ['Not possible yet', 'The shop has not set its sign-in page. Please try later.'],
    not_signed_in: ['You are not signed in', 'Sign in to the shop first, then bind your LINE account.'],
    failed: ['Not done yet', 'Please go back to the LINE chat in a moment and tap it again.'],
  },
} as const

export function linkPage(
  acceptLanguage: string | undefined,
  step: 'missing' | 'over' | 'not_set_up' | 'not_signed_in' | 'failed',
): string {
  const words = /^\s*en\b/i.test(acceptLanguage ?? '') ? WORDS.en : WORDS.zh
  const [title, text] = words[step]
  return `<!doctype html><html lang="${words.lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><style>
:root{color-scheme:light dark;--bg:#f6f6f7;--card:#fff;--ink:#1c1d21;--soft:#5b5e66}
@media (prefers-color-scheme:dark){:root{--bg:#141518;--card:#1f2126;--ink:#eceef2;--soft:#a9adb7}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--bg);color:var(--ink);font:16px/1.6 Inter,"PingFang TC","Noto Sans TC","Microsoft JhengHei",sans-serif}
main{box-sizing:border-box;width:min(420px,calc(100% - 32px));padding:32px;background:var(--card);border-radius:8px;text-align:center}
h1{margin:0 0 8px;font-size:20px}p{margin:0;color:var(--soft)}
</style></head><body><main><h1>${title}</h1><p>${text}</p></main></body></html>`
}
