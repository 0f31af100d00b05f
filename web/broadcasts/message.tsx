// What a broadcast says: one version or several that are tried against each other, each by one channel or by the first of
// several that reaches the person.
import {
  ActionIcon,
  Button,
  Fieldset,
  Group,
  NativeSelect,
  NumberInput,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { type BroadcastSpec, compileBroadcast } from '../../src/campaigns/model.ts'
import type { MessageContent } from '../../src/channels/content.ts'
import type { ChannelName } from '../../src/channels/model.ts'
import { useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { ContentField } from '../journey/fields/content.tsx'
import { contentFor } from '../journey/fields/content-for.ts'
import { FormProvider } from '../journey/fields/model.ts'
import { TestSend } from '../messages/test-send.tsx'
import type { StepProps } from './form.tsx'
import '../journey/fields/fields.css'

type Variant = BroadcastSpec['variants'][number]
const CONTENT = { kind: 'content', required: true } as const
/** What variants are called, as long as nobody names them. */
const LETTERS = [...'ABCDEFGHIJ']

/** Shares that add up to 100. */
const shared = (variants: Variant[]): Variant[] => {
  const each = Math.floor(100 / variants.length)
  return variants.map((v, i) => ({
    ...v,
    percent: i === 0 ? 100 - each * (variants.length - 1) : each,
  }))
}

export function MessageStep({ ws, spec, change }: StepProps) {
  const { t } = useTranslation()
  const { variants } = spec
  const several = variants.length > 1
  const put = (i: number, next: Variant) =>
    change({ ...spec, variants: variants.map((v, k) => (k === i ? next : v)) })
  return (
    <Stack>
      {variants.map((variant, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a version is its place
        <Fieldset key={i} legend={`${t('broadcast.variant')} ${variant.name}`}>
          <Stack gap="sm">
            {several ? (
              <Group align="flex-end">
                <TextInput
                  label={t('broadcast.variantName')}
                  value={variant.name}
                  onChange={e => put(i, { ...variant, name: e.currentTarget.value })}
                />
                <NumberInput
                  label={t('broadcast.share')}
                  min={0.1}
                  max={99.9}
                  value={variant.percent}
                  onChange={n => typeof n === 'number' && put(i, { ...variant, percent: n })}
                />
                <Button
                  variant="default"
                  onClick={() => change({ ...spec, variants: shared(variants.filter((_, k) => k !== i)) })}
                >
                  {t('broadcast.removeVariant')}
                </Button>
              </Group>
            ) : null}
            <Options ws={ws} spec={spec} variant={variant} change={next => put(i, next)} />
          </Stack>
        </Fieldset>
      ))}
      <Group>
        <Button
          variant="default"
          leftSection={<IconPlus size={16} />}
          onClick={() => {
            const last = variants.at(-1)!
            const name = LETTERS.find(l => !variants.some(v => v.name === l)) ?? String(variants.length + 1)
            change({ ...spec, variants: shared([...variants, { ...last, name }]) })
          }}
        >
          {t('broadcast.addVariant')}
        </Button>
        {several ? (
          <Text size="sm" c="dimmed">
            {t('broadcast.testHelp')}
          </Text>
        ) : null}
      </Group>
    </Stack>
  )
}

function Options({
  ws,
  spec,
  variant,
  change,
}: {
  ws: string
  spec: BroadcastSpec
  variant: Variant
  change: (next: Variant) => void
}) {
  const { t } = useTranslation()
  const accounts = useApi('channels', { ws }).data?.items ?? []
  const { options } = variant
  const known = [...new Set<string>([...accounts.map(a => a.channel), 'line', 'email'])] as ChannelName[]
  const free = known.filter(c => !options.some(o => o.channel === c))
  const put = (i: number, next: Variant['options'][number]) =>
    change({ ...variant, options: options.map((o, k) => (k === i ? next : o)) })
  return (
    <FormProvider value={{ ws, graph: compileBroadcast(spec), type: 'send', node: null, faults: [] }}>
      {options.length > 1 ? (
        <Text size="sm" c="dimmed">
          {t('broadcast.channelHelp')}
        </Text>
      ) : null}
      {options.map((option, i) => (
        <Stack key={option.channel} gap="xs">
          <Group align="flex-end">
            <NativeSelect
              label={t('broadcast.channel')}
              data={[option.channel, ...free].map(value => ({ value, label: word('channel', value) }))}
              value={option.channel}
              onChange={e => {
                const channel = e.currentTarget.value as ChannelName
                put(i, {
                  channel,
                  content: contentFor(channel, option.content, t('fieldForm.unsubscribe')),
                })
              }}
            />
            {options.length > 1 ? (
              <ActionIcon
                variant="default"
                size="lg"
                aria-label={t('broadcast.removeChannel', { v: word('channel', option.channel) })}
                onClick={() => change({ ...variant, options: options.filter((_, k) => k !== i) })}
              >
                <IconTrash size={16} />
              </ActionIcon>
            ) : null}
          </Group>
          <ContentField
            spec={CONTENT}
            label={t('broadcast.content')}
            help=""
            value={option.content}
            onChange={content => put(i, { ...option, content })}
            error={null}
            path="/content"
            beside={{}}
            readOnly={false}
          />
          <div>
            <TestSend ws={ws} content={option.content as MessageContent} />
          </div>
        </Stack>
      ))}
      {free.length > 0 ? (
        <Group>
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() =>
              change({
                ...variant,
                options: [
                  ...options,
                  {
                    channel: free[0]!,
                    content: contentFor(free[0]!, options[0]?.content, t('fieldForm.unsubscribe')),
                  },
                ],
              })
            }
          >
            {t('broadcast.addChannel')}
          </Button>
        </Group>
      ) : null}
    </FormProvider>
  )
}
