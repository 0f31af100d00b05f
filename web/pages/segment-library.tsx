// Ready segments in families: what each says, with the shop's own numbers; a few values, and it is a draft.
import { Button, Text, Title } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { FAMILIES } from '../../src/segments/library/model.ts'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { FindInput } from '../parts/find-input.tsx'
import { Page } from '../parts/page.tsx'
import { Badge } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { Vocabular } from '../rules/vocabulary.tsx'
import { UseReady } from '../segments/library.tsx'
import { Kind, SegmentTabs } from '../segments/parts.tsx'
import '../segments/segments.css'
import { useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/segments/library')
type Library = Out<'segmentLibrary'>
type Ready = Library['items'][number]

export function SegmentLibrary() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const choose = (more: typeof search) => void navigate({ search: { ...search, ...more }, replace: true })
  const side = useSay().locale === 'en' ? 'en' : 'zh'
  const query = useApi('segmentLibrary', { ws })
  const wanted = (search.q ?? '').toLowerCase()
  const fits = (r: Ready) =>
    [r.name, r.purpose, r.outline.sentence].some(w => `${w.zh} ${w.en}`.toLowerCase().includes(wanted))
  return (
    <Vocabular ws={ws}>
      <Page wide title={t('segments.title')} lead={t('library.lead')}>
        <SegmentTabs ws={ws} />
        <FindInput size="xs" w={280} label={t('library.search')} value={search.q} find={q => choose({ q })} />
        <Show query={query} rows={9}>
          {data => {
            const used = data.items.find(i => i.key === search.use)
            const found = data.items.filter(fits)
            return (
              <>
                <Figures of={data} />
                {found.length === 0 ? (
                  <Empty icon={<IconSearch />} title={t('library.none')} text={t('library.noneText')} />
                ) : null}
                {FAMILIES.filter(f => found.some(r => r.family === f)).map(family => (
                  <section key={family} aria-label={word('libraryFamily', family)}>
                    <Title order={2} className="library-head">
                      {word('libraryFamily', family)}
                    </Title>
                    <div className="library">
                      {found
                        .filter(r => r.family === family)
                        .map(r => (
                          <article key={r.key} className="card library-card" aria-label={r.name[side]}>
                            <Text fw={620}>{r.name[side]}</Text>
                            <Text size="sm" className="sentence">
                              {r.outline.sentence[side]}
                            </Text>
                            <Text size="sm" c="dimmed">
                              {r.purpose[side]}
                            </Text>
                            <div className="library-foot">
                              <Kind kind={r.outline.kind} />
                              {r.installed.length > 0 ? (
                                <Badge tone="good">{t('library.installed', { n: r.installed.length })}</Badge>
                              ) : null}
                              <Button
                                size="compact-sm"
                                variant="light"
                                ml="auto"
                                aria-label={t('library.useOf', { name: r.name[side] })}
                                onClick={() => choose({ use: r.key })}
                              >
                                {t('library.use')}
                              </Button>
                            </div>
                          </article>
                        ))}
                    </div>
                  </section>
                ))}
                {used ? (
                  <UseReady
                    ws={ws}
                    of={used}
                    currency={data.figures.currency}
                    close={() => choose({ use: undefined })}
                  />
                ) : null}
              </>
            )
          }}
        </Show>
      </Page>
    </Vocabular>
  )
}

function Figures({ of }: { of: Library }) {
  const { t } = useTranslation()
  const say = useSay()
  const { figures } = of
  return (
    <Text size="sm" c="dimmed" mt="sm">
      {of.stale || figures.buyers === 0
        ? t('library.noFigures')
        : t('library.figures', {
            buyers: say.count(figures.buyers),
            days: say.count(figures.medianIntervalDays),
            aov: say.money(figures.averageOrder, figures.currency),
          })}
    </Text>
  )
}
