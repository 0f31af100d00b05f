// The pages behind preference links and confirmations: in the reader's language, without script, dark where the reader is.
import { html, raw } from 'hono/html'
import type { ChannelName } from '../channels/model.ts'
import { CHANNEL_WORDS } from '../channels/words.ts'

/** What Hono's template gives: escaped wherever a value was put in. */
export type Html = ReturnType<typeof html>
export type Language = 'zh' | 'en'

/** zh unless the reader prefers English. */
export function languageOf(chosen: string | undefined, acceptLanguage: string | undefined): Language {
  if (chosen === 'en' || chosen === 'zh') return chosen
  const first = /\b(zh|en)\b/i.exec(acceptLanguage ?? '')?.[1]
  return first?.toLowerCase() === 'en' ? 'en' : 'zh'
}

export const WORDS = {
  zh: {
    lang: 'zh-Hant',
    other: ['en', 'English'],
    title: '訂閱偏好',
    lead: (brand: string) => `選擇您想從「${brand}」收到什麼。`,
    less: '少一點：所有渠道合計，一週最多一則',
    often: '多久一則',
    normal: '和平常一樣',
    pause: '暫停 30 天',
    paused: (until: string) => `已暫停到 ${until}`,
    save: '儲存',
    off: '全部不要',
    offText: '不再收到任何行銷訊息；訂單等必要通知仍會寄送。',
    saved: '已儲存您的選擇。',
    asked: '有一項需要您確認，我們剛才送出了確認訊息。',
    failed: '還沒有存下來，請再按一次。',
    missing: '找不到這個連結',
    missingText: '連結可能不完整，請從原來的訊息再開啟一次。',
    confirm: '確認同意',
    confirmText: (brand: string, label: string) => `您同意從「${brand}」收到「${label}」嗎？`,
    yes: '我同意',
    confirmed: '已確認，謝謝您。',
    expired: '這個連結已過期，請再申請一次。',
  },
  en: {
    lang: 'en',
    other: ['zh', '中文'],
    title: 'What you get from us',
    lead: (brand: string) => `Choose what you want to get from ${brand}.`,
    less: 'Less: at most one message a week, over all channels',
    often: 'How often',
    normal: 'As usual',
    pause: 'Pause for 30 days',
    paused: (until: string) => `Paused until ${until}`,
    save: 'Save',
    off: 'Nothing at all',
    offText: 'No marketing messages any more; what is needed for your orders is still sent.',
    saved: 'Your choice was saved.',
    asked: 'One of them needs your confirmation: we have just sent it to you.',
    failed: 'It was not saved yet. Please press once more.',
    missing: 'This link was not found',
    missingText: 'It may be incomplete. Please open it again from the message.',
    confirm: 'Please confirm',
    confirmText: (brand: string, label: string) => `Do you agree to get “${label}” from ${brand}?`,
    yes: 'I agree',
    confirmed: 'Confirmed. Thank you.',
    expired: 'This link is too old. Please ask for a new one.',
  },
} as const

function channelName(language: Language, channel: ChannelName): string {
  const word = CHANNEL_WORDS[channel][language]
  return word[0]!.toUpperCase() + word.slice(1)
}

const STYLE = `:root{color-scheme:light dark;--bg:#f6f6f7;--card:#fff;--ink:#1c1d21;--soft:#5b5e66;--line:#dcdde2;--accent:#4250c4}
@media (prefers-color-scheme:dark){:root{--bg:#141518;--card:#1f2126;--ink:#eceef2;--soft:#a9adb7;--line:#3a3d45;--accent:#5664d8}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--bg);color:var(--ink);font:16px/1.6 Inter,"PingFang TC","Noto Sans TC","Microsoft JhengHei",sans-serif}
main{box-sizing:border-box;width:min(560px,calc(100% - 32px));margin:24px 0;padding:28px;background:var(--card);border-radius:8px}
h1{margin:0 0 4px;font-size:20px}h2{margin:0;font-size:16px}p{margin:0;color:var(--soft)}
fieldset{border:0;border-top:1px solid var(--line);margin:18px 0 0;padding:14px 0 0}legend{padding:0;font-weight:600}
label{display:flex;gap:10px;align-items:center;min-height:40px}input{width:20px;height:20px;accent-color:var(--accent);flex:none}
.row{display:flex;flex-wrap:wrap;gap:0 20px}button{margin-top:20px;width:100%;min-height:48px;border:1px solid var(--accent);border-radius:8px;background:var(--accent);color:#fff;font:inherit;font-weight:600;cursor:pointer}
button.plain{background:none;color:var(--ink);border-color:var(--line);margin-top:10px}a{color:inherit}
button:focus-visible,input:focus-visible,a:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
.note{margin:14px 0 0;padding:10px 14px;border:1px solid var(--line);border-radius:8px;color:var(--ink)}.small{font-size:14px}.end{text-align:right}`

function frame(language: Language, title: string, body: Html): Html {
  const words = WORDS[language]
  const [other, name] = words.other
  // biome-ignore format: one document
  return html`<!doctype html><html lang="${words.lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><style>${STYLE_TEXT}</style></head><body><main><p class="end small"><a href="?lang=${other}" lang="${other === 'zh' ? 'zh-Hant' : 'en'}">${name}</a></p><h1>${title}</h1>${body}</main></body></html>`
}
const STYLE_TEXT = raw(STYLE)

export type Choice = { channel: ChannelName; on: boolean }
export type PurposeChoice = { name: string; label: string; text: string; choices: Choice[] }
export type Preferences = {
  brand: string
  purposes: PurposeChoice[]
  less: boolean
  /** the end of a pause, as it is said */
  paused: string | null
}

export function preferencePage(
  language: Language,
  of: Preferences,
  note: 'saved' | 'asked' | 'failed' | null,
): Html {
  const w = WORDS[language]
  const box = (purpose: string, { channel, on }: Choice) =>
    html`<label><input type="checkbox" name="c" value="${purpose}/${channel}" ${on ? 'checked' : ''}>${channelName(language, channel)}</label>`
  const sets = of.purposes.map(
    p =>
      html`<fieldset><legend>${p.label}</legend><p class="small">${p.text}</p><div class="row">${p.choices.map(c => box(p.name, c))}</div></fieldset>`,
  )
  const body = html`<p>${w.lead(of.brand)}</p>${note ? html`<p class="note" role="status">${w[note]}</p>` : ''}<form method="post">
${sets}<fieldset><legend>${w.often}</legend><label><input type="radio" name="often" value="normal" ${of.less ? '' : 'checked'}>${w.normal}</label>
<label><input type="radio" name="often" value="less" ${of.less ? 'checked' : ''}>${w.less}</label>
<label><input type="checkbox" name="pause" value="30" ${of.paused ? 'checked' : ''}>${w.pause}</label>${of.paused ? html`<p class="small">${w.paused(of.paused)}</p>` : ''}</fieldset>
<button type="submit" name="do" value="save">${w.save}</button><button class="plain" type="submit" name="do" value="off">${w.off}</button><p class="small">${w.offText}</p></form>`
  return frame(language, w.title, body)
}

export function confirmPage(
  language: Language,
  of: { brand: string; label: string },
  step: 'ask' | 'confirmed' | 'expired' | 'failed',
): Html {
  const w = WORDS[language]
  const ask = html`<p>${w.confirmText(of.brand, of.label)}</p>${step === 'failed' ? html`<p class="note" role="status">${w.failed}</p>` : ''}<form method="post"><button type="submit">${w.yes}</button></form>`
  const body = step === 'ask' || step === 'failed' ? ask : html`<p class="note" role="status">${w[step]}</p>`
  return frame(language, w.confirm, body)
}

export const missingPage = (language: Language): Html =>
  frame(language, WORDS[language].missing, html`<p>${WORDS[language].missingText}</p>`)
