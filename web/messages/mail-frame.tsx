// Mail from outside is shown in a frame that may run nothing and reach nothing of ours; links open in a new tab.
import { useTranslation } from 'react-i18next'

export function MailFrame({ html, height }: { html: string; height: number }) {
  const { t } = useTranslation()
  const page = `<base target="_blank"><meta name="color-scheme" content="light"><style>body{font-family:system-ui,"PingFang TC","Noto Sans TC","Noto Sans CJK TC",sans-serif;margin:12px;background:#fff;color:#111}img{max-width:100%}</style>${html}`
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
        background: '#fff',
      }}
    />
  )
}
