// A rich menu's form: whose it is, what the bar says, the picture, and what each area of it does.
import {
  Alert,
  Button,
  Checkbox,
  Drawer,
  Group,
  List,
  NumberInput,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { sendFile } from '../api/call.ts'
import { showProblem, useAct, useApi } from '../api/queries.ts'
import { Guarded } from '../parts/small.tsx'
import { UploadButton } from '../parts/upload-button.tsx'
import { type Area, AreaPicture, splitEvenly, within } from './areas.tsx'
import { ActionFields } from './action-fields.tsx'

export type LineMenu = Out<'lineMenus'>['items'][number]
type Audience = LineMenu['audience']
type Uploaded = { id: string; url: string; width: number; height: number }

const KINDS = ['all', 'unbound', 'bound', 'segment', 'tier', 'tab'] as const
const SPLITS = [
  [1, 1],
  [2, 1],
  [3, 1],
  [2, 2],
  [3, 2],
] as const
const MOST_AREAS = 20
const NEW: LineMenu['menu'] = {
  name: '',
  chatBarText: '',
  selected: true,
  size: { width: 2_500, height: 843 },
  areas: [],
}

const audienceOf = (kind: string | null): Audience =>
  kind === 'segment'
    ? { kind, segment: '' }
    : kind === 'tier'
      ? { kind, tier: '' }
      : { kind: (kind ?? 'all') as 'all' | 'bound' | 'unbound' | 'tab' }

export function MenuDrawer({
  ws,
  menu,
  accounts,
  close,
}: {
  ws: string
  menu: LineMenu | null
  accounts: { id: string; name: string }[]
  close: () => void
}) {
  const { t } = useTranslation()
  const [account, setAccount] = useState(menu?.account ?? accounts[0]?.id ?? '')
  const [draft, setDraft] = useState(menu?.menu ?? NEW)
  const [audience, setAudience] = useState<Audience>(menu?.audience ?? { kind: 'all' })
  const [alias, setAlias] = useState(menu?.alias ?? '')
  const [picture, setPicture] = useState({ id: menu?.picture ?? null, url: menu?.pictureUrl ?? null })
  const [chosen, setChosen] = useState(0)
  const [sending, setSending] = useState(false)
  const segments = useApi(
    'segments',
    { ws, query: { status: 'live' } },
    { enabled: audience.kind === 'segment' },
  )
  const create = useAct('createLineMenu', { done: t('common.saved'), after: close })
  const save = useAct('saveLineMenu', { done: t('common.saved'), after: close })
  const set = (part: Partial<LineMenu['menu']>) => setDraft({ ...draft, ...part })
  const setArea = (i: number, part: Partial<Area>) =>
    set({ areas: draft.areas.map((a, n) => (n === i ? { ...a, ...part } : a)) })
  const area = draft.areas[chosen]

  const upload = async (file: File | null) => {
    if (!file) return
    setSending(true)
    try {
      const made = (await sendFile(ws, 'pictures', file)) as Uploaded
      const size = { width: made.width, height: made.height }
      setPicture({ id: made.id, url: made.url })
      set({ size, areas: draft.areas.map(a => ({ ...a, bounds: within(a.bounds, size) })) })
    } catch (error) {
      showProblem(error)
    } finally {
      setSending(false)
    }
  }
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="xl"
      title={t(menu ? 'line.editMenu' : 'line.newMenu')}
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          const body = { audience, menu: draft, picture: picture.id, alias: alias === '' ? null : alias }
          if (menu) save.mutate({ ws, menu: menu.id, body: { ...body, version: menu.version } })
          else create.mutate({ ws, body: { ...body, account } })
        }}
      >
        <Stack gap="sm">
          {menu && menu.faults.length > 0 ? (
            <Alert color="yellow" variant="outline" title={t('line.faults')}>
              <List size="sm">
                {menu.faults.map(f => (
                  <List.Item key={f.path + f.message}>
                    <code>{f.path}</code> {f.message}
                  </List.Item>
                ))}
              </List>
            </Alert>
          ) : null}
          {accounts.length > 1 && !menu ? (
            <Select
              label={t('line.account')}
              data={accounts.map(a => ({ value: a.id, label: a.name }))}
              value={account}
              allowDeselect={false}
              onChange={value => value && setAccount(value)}
            />
          ) : null}
          <TextInput
            label={t('line.name')}
            required
            maxLength={300}
            value={draft.name}
            onChange={e => set({ name: e.currentTarget.value })}
          />
          <TextInput
            label={t('line.bar')}
            description={t('line.barText')}
            required
            maxLength={14}
            value={draft.chatBarText}
            onChange={e => set({ chatBarText: e.currentTarget.value })}
          />
          <Checkbox
            label={t('line.selected')}
            checked={draft.selected}
            onChange={e => set({ selected: e.currentTarget.checked })}
          />
          <Select
            label={t('line.audience')}
            data={KINDS.map(kind => ({ value: kind, label: t(`line.audience_${kind}`) }))}
            value={audience.kind}
            allowDeselect={false}
            onChange={kind => setAudience(audienceOf(kind))}
          />
          {audience.kind === 'segment' ? (
            <Select
              label={t('line.segment')}
              required
              searchable
              data={(segments.data?.items ?? []).map(s => ({ value: s.id, label: s.name }))}
              value={audience.segment || null}
              onChange={value => setAudience({ kind: 'segment', segment: value ?? '' })}
            />
          ) : null}
          {audience.kind === 'tier' ? (
            <TextInput
              label={t('line.tier')}
              required
              value={audience.tier}
              onChange={e => setAudience({ kind: 'tier', tier: e.currentTarget.value })}
            />
          ) : null}
          <TextInput
            label={t('line.alias')}
            description={t('line.aliasText')}
            pattern="[a-z0-9_\-]{1,32}"
            required={audience.kind === 'tab'}
            value={alias}
            onChange={e => setAlias(e.currentTarget.value)}
          />
          <Stack gap={4}>
            <Text size="sm" fw={600}>
              {t('line.picture')}
            </Text>
            <Text size="xs" c="dimmed">
              {t('line.pictureText')}
            </Text>
            <Group>
              <UploadButton
                label={t('line.upload')}
                accept="image/png,image/jpeg"
                sending={sending}
                send={upload}
              />
              <Text size="xs" c="dimmed">
                {draft.size.width} × {draft.size.height}
              </Text>
            </Group>
          </Stack>
          <Stack gap={6} role="group" aria-label={t('line.areas')}>
            <Text size="sm" fw={600}>
              {t('line.areas')}
            </Text>
            <Text size="xs" c="dimmed">
              {t('line.areasText')}
            </Text>
            <Group gap={6}>
              <Text size="xs">{t('line.split')}</Text>
              {SPLITS.map(([columns, rows]) => (
                <Button
                  key={`${columns}x${rows}`}
                  size="compact-xs"
                  variant="default"
                  onClick={() => {
                    set({ areas: splitEvenly(draft.size, columns, rows, draft.areas) })
                    setChosen(0)
                  }}
                >
                  {t('line.splitInto', { columns, rows })}
                </Button>
              ))}
            </Group>
            <AreaPicture
              size={draft.size}
              url={picture.url}
              areas={draft.areas}
              chosen={chosen}
              choose={setChosen}
              change={(i, bounds) => setArea(i, { bounds })}
            />
            {area ? (
              <Stack gap={6}>
                <Group gap={8} align="flex-end" wrap="nowrap">
                  {(['x', 'y', 'width', 'height'] as const).map(side => (
                    <NumberInput
                      key={side}
                      size="xs"
                      label={t(`line.${side}`)}
                      min={0}
                      value={area.bounds[side]}
                      onChange={value =>
                        setArea(chosen, {
                          bounds: within({ ...area.bounds, [side]: Number(value) || 0 }, draft.size),
                        })
                      }
                    />
                  ))}
                  <Button
                    size="xs"
                    variant="subtle"
                    color="red"
                    aria-label={t('line.removeArea', { n: chosen + 1 })}
                    onClick={() => {
                      set({ areas: draft.areas.filter((_, n) => n !== chosen) })
                      setChosen(Math.max(0, chosen - 1))
                    }}
                  >
                    <IconTrash size={15} aria-hidden />
                  </Button>
                </Group>
                <ActionFields
                  key={chosen}
                  n={chosen + 1}
                  action={area.action}
                  set={action => setArea(chosen, { action })}
                />
              </Stack>
            ) : null}
            <Group>
              <Button
                size="xs"
                variant="default"
                leftSection={<IconPlus size={15} aria-hidden />}
                disabled={draft.areas.length >= MOST_AREAS}
                onClick={() => {
                  const bounds = within(
                    { x: 0, y: 0, width: draft.size.width / 3, height: draft.size.height / 2 },
                    draft.size,
                  )
                  set({ areas: [...draft.areas, { bounds, action: { type: 'uri', uri: '' } }] })
                  setChosen(draft.areas.length)
                }}
              >
                {t('line.addArea')}
              </Button>
            </Group>
          </Stack>
          <Group justify="flex-end">
            <Guarded scope="messages:write" type="submit" loading={save.isPending || create.isPending}>
              {t('common.save')}
            </Guarded>
          </Group>
        </Stack>
      </form>
    </Drawer>
  )
}
