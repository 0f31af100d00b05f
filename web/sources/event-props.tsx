// What an event said: a few of its properties in words, and behind a click all of it as it came.
import { useTranslation } from 'react-i18next'
import { entriesOf, useSayProp } from '../customer/timeline-props.tsx'
import { word } from '../i18n.ts'
import { CodeBlock } from '../parts/small.tsx'

export function EventProps({ name, props }: { name: string; props: Record<string, unknown> }) {
  const { t } = useTranslation()
  const sayProp = useSayProp()
  const { briefly } = entriesOf(props)
  if (Object.keys(props).length === 0) return '—'
  return (
    <>
      <div className="props">
        {briefly.map(([key, value]) => (
          <span key={key}>
            {word('prop', key)} <b>{sayProp(name, key, value, props)}</b>
          </span>
        ))}
      </div>
      <details>
        <summary>{t('sources.asItCame')}</summary>
        <CodeBlock text={JSON.stringify(props, null, 2)} label={t('sources.asItCame')} />
      </details>
    </>
  )
}
