// The sandbox: shop, phone and inbox side by side, under a clock that can be moved; a till, and providers that can be made
// to fail. All take the real path.
import { Button, Group, Select, Text } from '@mantine/core'
import { IconExternalLink, IconRefresh } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { ClockControl } from '../frame/clock.tsx'
import { Page } from '../parts/page.tsx'
import { Empty, Show, Waiting } from '../parts/state.tsx'
import { Inbox } from '../sandbox/inbox.tsx'
import { isApp, PhonePane } from '../sandbox/apps.tsx'
import { Calls, Faults } from '../sandbox/faults.tsx'
import { TillPane } from '../sandbox/till.tsx'
import '../sandbox/sandbox.css'
import { currentLocale } from '../i18n.ts'
import { useWorkspace } from '../use.ts'

const route = getRouteApi('/w/$ws/sandbox')
const GUEST = 'guest'

export function Sandbox() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const { workspace } = useWorkspace()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const shop = useApi('sandboxShop', { ws }, { enabled: workspace?.kind === 'sandbox' })
  const [page, setPage] = useState<{ url: string; visit: number } | null>(null)
  const set = (part: Partial<typeof search>) =>
    void navigate({ search: previous => ({ ...previous, ...part }), replace: true })

  const shopper = shop.data?.shoppers.find(s => s.customer === search.shopper) ?? null
  const url = shop.data ? shopUrl(shop.data.url, shopper?.token ?? null) : null
  const playAs = (customer: string | null) => {
    const next = shop.data?.shoppers.find(s => s.customer === customer)
    setPage(null)
    set({
      shopper: next ? next.customer : GUEST,
      line: next?.lineUid ?? search.line,
      email: next?.email ?? search.email,
      mail: undefined,
    })
  }
  // the first visit plays someone who has a phone and an inbox, so that all three panes belong together
  useEffect(() => {
    if (search.shopper !== undefined || !shop.data) return
    const first = shop.data.shoppers.find(s => s.lineUid && s.email) ?? shop.data.shoppers[0]
    if (first) playAs(first.customer)
  })
  const open = (link: string) => {
    // our own tracked links lead back into the shop; anything else opens beside it
    if (new URL(link, location.href).origin === location.origin)
      setPage({ url: link, visit: (page?.visit ?? 0) + 1 })
    else window.open(link, '_blank', 'noopener')
  }
  if (workspace && workspace.kind !== 'sandbox') {
    return (
      <Page title={t('sandbox.title')} lead={t('sandbox.lead')}>
        <Empty title={t('sandbox.title')} text={t('nav.sandboxOnly')} />
      </Page>
    )
  }
  return (
    <Page wide title={t('sandbox.title')} lead={t('sandbox.lead')}>
      <div className="sandbox">
        <section className="card pane shop" aria-label={t('sandbox.shop')}>
          <Group className="card-head" gap={8} wrap="nowrap">
            <Text fw={650} component="h2" size="sm">
              {t('sandbox.shop')}
            </Text>
            <Select
              size="xs"
              searchable
              style={{ flex: 1 }}
              aria-label={t('sandbox.shopper')}
              placeholder={t('sandbox.shopper')}
              allowDeselect={false}
              data={[
                { value: GUEST, label: t('sandbox.guest') },
                ...(shop.data?.shoppers ?? []).map(s => ({
                  value: s.customer,
                  label: `${s.name} · ${s.memberNo}`,
                })),
              ]}
              value={search.shopper ?? null}
              onChange={playAs}
            />
            <Button
              size="compact-sm"
              variant="subtle"
              aria-label={t('sandbox.reload')}
              onClick={() => url && setPage({ url, visit: (page?.visit ?? 0) + 1 })}
            >
              <IconRefresh size={16} />
            </Button>
            <Button
              size="compact-sm"
              variant="subtle"
              component="a"
              href={page?.url ?? url ?? '#'}
              target="_blank"
              rel="noopener"
              aria-label={t('sandbox.newTab')}
            >
              <IconExternalLink size={16} />
            </Button>
          </Group>
          <Show query={shop}>
            {() =>
              url ? (
                <iframe
                  key={`${page?.visit ?? 0}:${search.shopper}`}
                  className="shop-frame"
                  title={t('sandbox.shop')}
                  src={page?.url ?? url}
                />
              ) : (
                <Waiting rows={6} />
              )
            }
          </Show>
        </section>
        <PhonePane
          ws={ws}
          app={isApp(search.app) ? search.app : 'line'}
          show={app => set({ app, to: undefined })}
          line={search.line}
          to={search.to}
          choose={set}
          open={open}
        />
        <div className="stack">
          <section className="card pane-clock" aria-label={t('clock.title')}>
            <div className="card-body">
              <ClockControl />
            </div>
          </section>
          <Inbox
            ws={ws}
            address={search.email}
            mail={search.mail}
            choose={email => set({ email, mail: undefined })}
            read={mail => set({ mail })}
          />
        </div>
      </div>
      <div className="half sandbox-more">
        <TillPane ws={ws} />
        <div className="stack">
          <Faults ws={ws} />
          <Calls ws={ws} />
        </div>
      </div>
    </Page>
  )
}

/** The shop on our own origin, also when the page was reached by another name of this host. */
function shopUrl(base: string, token: string | null): string {
  const url = new URL(new URL(base).pathname, location.origin)
  url.searchParams.set('as', token ?? '') // empty: a guest, also after somebody else
  url.searchParams.set('lang', currentLocale() === 'en' ? 'en' : 'zh')
  return url.toString()
}
