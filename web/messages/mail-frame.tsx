// Mail from outside is shown in a frame that may run nothing and reach nothing of ours; links open in a new tab.
import { useTranslation } from 'react-i18next'

/** `dark`: as a mail program shows it whose owner wants dark pages. */
export function MailFrame({ html, height, dark = false }: { html: string; height: number; dark?: boolean }) {
  const { t } = useTranslation()
  // a frame takes the scheme of the browser, not the one asked for here
  const shown = dark ? html.replaceAll(/@media \(prefers-color-scheme:\s*dark\)/g, '@media all') : html
  const page = `<base target="_blank"><meta name="color-scheme" content="${dark ? 'dark' : 'light'}"><style>body{font-family:system-ui,"PingFang TC","Noto Sans TC","Noto Sans CJK TC",sans-serif;margin:12px;background:${dark ? '#121212' : '#fff'};color:${dark ? '#eee' : '#111'}}img{max-width:100%}</style>${shown}`
  return (
    <iframe
      title={t('sandbox.mailPreview')}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      srcDoc={page}
      style={{
        width: '100%',
        height,
        border: '1px solid var(--app-line)',
        borderRadius: 8,
        background: dark ? '#121212' : '#fff',
        colorScheme: dark ? 'dark' : 'light',
      }}
    />
  )
}
