// Identity conflicts: both people side by side, and what a person may decide.
import { Group, SegmentedControl, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { In, Out } from '../../src/contract.ts'
import { useAct, usePages } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { useSaid, MergePreview } from '../identity/dialogs.tsx'
import { PersonCard, usePersonName, type Person } from '../identity/person.tsx'
import { CustomerTabs } from '../identity/tabs.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { useEventLabel } from '../parts/event-label.ts'
import { Page } from '../parts/page.tsx'
import { Badge, Guarded, Time } from '../parts/small.tsx'
import { Empty } from '../parts/state.tsx'
import { ShowList } from '../parts/list-table.tsx'

const route = getRouteApi('/w/$ws/customers/conflicts')
type Conflict = Out<'identityConflicts'>['items'][number]

export function Conflicts() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const { status = 'open' } = route.useSearch()
  const navigate = route.useNavigate()
  const shown = status === 'decided' ? 'decided' : 'open'
  const list = usePages('identityConflicts', { ws, query: { status: shown, limit: 20 } })
  return (
    <Page wide title={t('identity.title')} lead={t('identity.lead')}>
      <CustomerTabs ws={ws} />
      <SegmentedControl
        mb="sm"
        size="xs"
        aria-label={t('identity.title')}
        value={shown}
        onChange={value => void navigate({ search: { status: value }, replace: true })}
        data={[
          { value: 'open', label: t('identity.open') },
          { value: 'decided', label: t('identity.decided') },
        ]}
      />
      <ShowList
        query={list}
        waiting={6}
        empty={
          <div className="card">
            <Empty
              icon={<IconUsers />}
              title={t(shown === 'open' ? 'identity.none' : 'identity.noneDecided')}
              text={t(shown === 'open' ? 'identity.noneText' : 'identity.noneDecidedText')}
            />
          </div>
        }
      >
        <div className="stack">
          {list.items.map(conflict => (
            <One key={conflict.id} ws={ws} conflict={conflict} />
          ))}
        </div>
      </ShowList>
    </Page>
  )
}

function One({ ws, conflict }: { ws: string; conflict: Conflict }) {
  const { t } = useTranslation()
  const called = useEventLabel(ws)
  return (
    <article className="card">
      <div className="card-body">
        <Group justify="space-between" mb={8} align="flex-start">
          <div>
            <Text fw={600}>
              {conflict.identifiers.length === 0
                ? t('identity.reasonNothing')
                : t(`conflictReason.${conflict.reason}`)}{' '}
              {conflict.identifiers.map(i => `${word('identifier', i.kind)} ${i.value}`).join(', ')}
            </Text>
            {conflict.reason === 'shared' ? <Text size="sm">{t('identity.sharedNote')}</Text> : null}
            <Text size="sm" c="dimmed">
              <Time at={conflict.at} />{' '}
              {conflict.event
                ? `· ${t('identity.byEvent', { name: called(conflict.event.name), source: conflict.event.source })}`
                : ''}
            </Text>
          </div>
          <Decided conflict={conflict} />
        </Group>
        <div className="half">
          {conflict.people.map(person => (
            <PersonCard key={person.id} ws={ws} person={person} />
          ))}
        </div>
        {conflict.status === 'open' && conflict.people.length === 2 ? (
          <Choices ws={ws} conflict={conflict} />
        ) : null}
      </div>
    </article>
  )
}

function Decided({ conflict }: { conflict: Conflict }) {
  const { t } = useTranslation()
  return (
    <Group gap={8}>
      <Badge tone={conflict.status === 'open' ? 'wait' : 'good'}>
        {t(`conflictStatus.${conflict.status}`)}
      </Badge>
      {conflict.status === 'open' ? null : (
        <Text size="sm" c="dimmed">
          {conflict.decidedBy
            ? t('identity.decidedBy', { who: conflict.decidedBy })
            : t('identity.decidedByItself')}
          {conflict.decidedAt ? (
            <>
              {' · '}
              <Time at={conflict.decidedAt} />
            </>
          ) : null}
        </Text>
      )}
    </Group>
  )
}

/** The identifiers in question, and to whom each could be given. */
function gifts(conflict: Conflict): { identifier: Conflict['identifiers'][number]; to: Person }[] {
  return conflict.identifiers.flatMap(identifier => conflict.people.map(to => ({ identifier, to })))
}

function Choices({ ws, conflict }: { ws: string; conflict: Conflict }) {
  const { t } = useTranslation()
  const nameOf = usePersonName()
  const [merging, setMerging] = useState(false)
  const [asked, ask] = useState<{ body: In<'decideConflict'>; title: string; text: string } | null>(null)
  const said = useSaid()
  const decide = useAct('decideConflict', { after: said })
  const [one, two] = conflict.people as [Person, Person]
  if (merging)
    return (
      <div style={{ marginTop: 12 }}>
        <MergePreview ws={ws} customer={one.id} other={two.id} close={() => setMerging(false)} />
      </div>
    )
  return (
    <Group gap={8} mt={12}>
      <Guarded scope="customers:merge" size="xs" onClick={() => setMerging(true)}>
        {t('identity.merge')}
      </Guarded>
      <Guarded
        scope="customers:merge"
        size="xs"
        variant="default"
        onClick={() =>
          ask({ body: { do: 'apart' }, title: t('identity.apart'), text: t('identity.apartText') })
        }
      >
        {t('identity.apart')}
      </Guarded>
      {gifts(conflict).map(({ identifier, to }) => (
        <Guarded
          key={`${identifier.kind}${identifier.value}${to.id}`}
          scope="customers:merge"
          size="xs"
          variant="default"
          onClick={() =>
            ask({
              body: { do: 'move', identifier, to: to.id },
              title: t('identity.giveTo', { value: identifier.value, who: nameOf(to) }),
              text: t('identity.gaveText', { who: nameOf(to) }),
            })
          }
        >
          {t('identity.giveTo', { value: identifier.value, who: nameOf(to) })}
        </Guarded>
      ))}
      <Confirm
        opened={asked !== null}
        close={() => ask(null)}
        title={asked?.title ?? ''}
        text={asked?.text ?? ''}
        action={asked?.title ?? ''}
        run={() => {
          if (asked)
            decide.mutate({
              ws,
              conflict: conflict.id,
              body: asked.body,
              idempotencyKey: crypto.randomUUID(),
            })
        }}
      />
    </Group>
  )
}
