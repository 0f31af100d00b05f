// The rich menu under the chat of the sandbox's phone: a bar that opens it, and areas to tap.
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct, useApi } from '../api/queries.ts'
import '../line/line.css'

type Action = Record<string, unknown>
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** @param open shows an address beside the phone */
export function LineMenu({
  ws,
  address,
  name,
  open,
}: {
  ws: string
  address: string
  name: string
  open: (url: string) => void
}) {
  const { t } = useTranslation()
  const query = useApi('sandboxLineMenu', { ws, query: { address } }, { refetchInterval: 4_000 })
  const act = useAct('sandboxAct')
  const [shown, setShown] = useState<boolean | null>(null)
  const menu = query.data?.menu
  if (!menu) return null
  const isOpen = shown ?? menu.selected
  const doAct = (what: 'text' | 'postback' | 'menu', more: { text?: string; data?: string; menu?: string }) =>
    act.mutate({ ws, body: { channel: 'line', address, act: what, ...more } })
  const tap = (action: Action) => {
    const data = text(action.data)
    if (action.type === 'uri') open(text(action.uri))
    else if (action.type === 'message') doAct('text', { text: text(action.text) })
    else if (action.type === 'postback')
      doAct('postback', { data, text: text(action.displayText) || undefined })
    else if (action.type === 'richmenuswitch') doAct('menu', { data, menu: text(action.richMenuAliasId) })
  }
  const percent = (n: number, of: number) => `${(100 * n) / of}%`
  return (
    <section className="phone-menu" aria-label={t('line.menuOf', { name })}>
      <button
        type="button"
        className="phone-menu-bar"
        aria-expanded={isOpen}
        aria-label={`${menu.chatBarText} · ${t(isOpen ? 'line.closeMenu' : 'line.openMenu')}`}
        onClick={() => setShown(!isOpen)}
      >
        {menu.chatBarText} {isOpen ? '▾' : '▴'}
      </button>
      {isOpen ? (
        <div className="menu-picture" style={{ aspectRatio: `${menu.size.width} / ${menu.size.height}` }}>
          {menu.picture ? <img src={menu.picture} alt="" /> : null}
          {menu.areas.map(({ bounds: b, action }, i) => (
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: areas have no other name
              key={i}
              type="button"
              className="menu-area"
              aria-label={
                text(action.label) || text(action.text) || text(action.uri) || t('line.area', { n: i + 1 })
              }
              style={{
                left: percent(b.x, menu.size.width),
                top: percent(b.y, menu.size.height),
                width: percent(b.width, menu.size.width),
                height: percent(b.height, menu.size.height),
              }}
              onClick={() => tap(action)}
            />
          ))}
        </div>
      ) : null}
    </section>
  )
}
