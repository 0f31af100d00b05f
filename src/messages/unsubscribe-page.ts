// The page behind an unsubscribe link: one question, one button, in the reader's language.
const WORDS = {
  zh: {
    lang: 'zh-Hant',
    ask: ['取消訂閱', '您確定不再收到我們的行銷訊息嗎？', '確定取消訂閱'],
    done: ['已取消訂閱', '您不會再收到我們的行銷訊息。', ''],
    failed: ['暫時無法完成', '您的選擇還沒有存下來，請再按一次。', '再試一次'],
    choose: '只收想收的，或暫停一陣子',
    missing: ['找不到這個連結', '連結可能不完整。請從原來的訊息再開啟一次。', ''],
  },
  en: {
    lang: 'en',
    ask: ['Unsubscribe', 'Do you want to stop receiving our marketing messages?', 'Yes, unsubscribe'],
    done: ['You are unsubscribed', 'You will no longer receive our marketing messages.', ''],
    failed: ['Not done yet', 'Your choice could not be saved. Please press once more.', 'Try again'],
    choose: 'Choose what you get, or pause for a while',
    missing: ['This link was not found', 'It may be incomplete. Please open it again from the message.', ''],
  },
}

type Step = 'ask' | 'done' | 'failed' | 'missing'

/** zh unless the reader prefers English. */
function wordsFor(acceptLanguage: string | undefined) {
  const first = (acceptLanguage ?? '')
    .split(',')
    .map(p => {
      const [tag = '', q] = p.trim().split(';q=')
      return { tag: tag.toLowerCase(), q: q === undefined ? 1 : Number(q) }
    })
    .sort((a, b) => b.q - a.q)
    .find(p => p.tag.startsWith('zh') || p.tag.startsWith('en'))
  return first?.tag.startsWith('en') ? WORDS.en : WORDS.zh
}

function html(acceptLanguage: string | undefined, step: Step, preferences: string | null = null): string {
  const words = wordsFor(acceptLanguage)
  const [title, text, button] = words[step]
  const form = button
    ? `<form method="post"><input type="hidden" name="confirm" value="yes"><button type="submit">${button}</button></form>`
    : ''
  return `<!doctype html><html lang="${words.lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><style>
:root{color-scheme:light dark;--bg:#f6f6f7;--card:#fff;--ink:#1c1d21;--soft:#5b5e66;--accent:#4250c4}
@media (prefers-color-scheme:dark){:root{--bg:#141518;--card:#1f2126;--ink:#eceef2;--soft:#a9adb7;--accent:#5664d8}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--bg);color:var(--ink);font:16px/1.6 Inter,"PingFang TC","Noto Sans TC","Microsoft JhengHei",sans-serif}
main{box-sizing:border-box;width:min(420px,calc(100% - 32px));padding:32px;background:var(--card);border-radius:8px;text-align:center}
h1{margin:0 0 8px;font-size:20px}p{margin:0;color:var(--soft)}
button{margin-top:24px;width:100%;min-height:48px;border:0;border-radius:8px;background:var(--accent);color:#fff;font:inherit;font-weight:600;cursor:pointer}
p.more{margin-top:16px}a{color:inherit}a:focus-visible,button:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
</style></head><body><main><h1>${title}</h1><p>${text}</p>${form}${preferences === null ? '' : `<p class="more"><a href="${preferences}">${words.choose}</a></p>`}</main></body></html>`
}

/** @param preferences address of the page with more choices */
export const unsubscribePage = (
  acceptLanguage: string | undefined,
  step: Exclude<Step, 'missing'>,
  preferences: string | null = null,
): string => html(acceptLanguage, step, preferences)
export const notFoundPage = (acceptLanguage: string | undefined): string => html(acceptLanguage, 'missing')
