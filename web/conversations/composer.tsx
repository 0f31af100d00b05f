// Where the team writes: an answer to the customer, or a note to itself. It says what the channel allows, and to the others
// that somebody is writing.
import { Alert, Button, Group, SegmentedControl, Text, Textarea, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconClock } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { choicesOf, withChoices } from '../../src/channels/choices.ts'
import type { MessageContent } from '../../src/channels/content.ts'
import type { Out } from '../../src/contract.ts'
import { literally } from '../../src/conversations/model.ts'
import { ChoicesEditor } from '../messages/editor/choices.tsx'
import { refusalInWords, useAct } from '../api/queries.ts'
import { Guarded } from '../parts/small.tsx'
import { useDisabledReason, useNow, useSay } from '../use.ts'
import { useWritten } from './kept.ts'
import { QuickReplies } from './quick.tsx'

type Thread = Out<'conversation'>
type Where = { ws: string; customer: string; channel: string }

/** Said again while somebody writes, before the others stop being told. */
const STILL_MS = 8_000

export function Composer({ where, data }: { where: Where; data: Thread }) {
  const { t } = useTranslation()
  const [{ as, text, subject }, keep] = useWritten(`${where.ws}/${where.customer}/${where.channel}`)
  const [taps, offer] = useState<Record<string, unknown> | null>(null)
  const key = useRef(crypto.randomUUID())
  const reply = useAct('replyInConversation')
  const note = useAct('noteInConversation')
  const writing = useWriting(where)
  const barred = useDisabledReason()('conversations:write')
  const shut = blockedBy(data)
  const write = (value: string) => {
    keep({ text: value })
    if (as === 'reply' && value !== '') writing()
  }
  const sent = () => {
    keep({ text: '' })
    offer(null)
    key.current = crypto.randomUUID()
  }
  const send = () => {
    if (text.trim() === '') return
    if (as === 'note') return note.mutate({ ...where, body: { text } }, { onSuccess: sent })
    reply.mutate(
      {
        ...where,
        body:
          taps !== null && choicesOf(taps).rows.length > 0
            ? { content: contentWith(data.channel, text, taps) }
            : { text, ...(data.channel === 'email' && subject ? { subject } : {}) },
        idempotencyKey: key.current,
      },
      {
        onSuccess: out => {
          if (out.status < 300) return sent()
          const { title, action } = refusalInWords(out)
          notifications.show({ title, message: action, color: 'red' })
        },
      },
    )
  }
  return (
    <div className="thread-foot">
      <Group justify="space-between" mb={6} gap={8}>
        <SegmentedControl
          size="xs"
          value={as}
          onChange={value => keep({ as: value as typeof as })}
          data={[
            { value: 'reply', label: t('inbox.reply') },
            { value: 'note', label: t('inbox.note') },
          ]}
        />
        {as === 'reply' ? <Allowed data={data} /> : null}
        <QuickReplies
          ws={where.ws}
          customer={where.customer}
          take={words => write(text ? `${text}\n${words}` : words)}
        />
      </Group>
      {as === 'reply' && shut !== null ? (
        <Alert color="yellow" variant="outline" icon={<IconAlertTriangle size={18} />} py={6} mb={6}>
          {t(shut)}
        </Alert>
      ) : null}
      {as === 'reply' && data.channel === 'email' ? (
        <TextInput
          size="xs"
          mb={6}
          aria-label={t('inbox.subject')}
          placeholder={t('inbox.subject')}
          value={subject}
          onChange={e => keep({ subject: e.currentTarget.value })}
        />
      ) : null}
      <Textarea
        autosize
        minRows={2}
        maxRows={8}
        maxLength={5000}
        aria-label={t(as === 'reply' ? 'inbox.write' : 'inbox.writeNote')}
        placeholder={t(as === 'reply' ? 'inbox.write' : 'inbox.writeNote')}
        value={text}
        disabled={barred !== null || (as === 'reply' && shut !== null)}
        onChange={e => write(e.currentTarget.value)}
        onKeyDown={e => {
          if (e.key === 'Enter' && (e.metaKey || e.ctrlKey)) {
            e.preventDefault()
            send()
          }
        }}
      />
      {as === 'reply' && taps !== null ? (
        <ChoicesEditor content={taps} readOnly={false} change={offer} />
      ) : null}
      <Group justify="flex-end" mt={6}>
        {as === 'reply' && offersTaps(data.channel) && shut === null ? (
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => offer(taps === null ? { channel: data.channel } : null)}
          >
            {t(taps === null ? 'choices.offer' : 'choices.takeBack')}
          </Button>
        ) : null}
        <Text size="xs" c="dimmed">
          Ctrl + Enter
        </Text>
        <Guarded
          scope="conversations:write"
          size="xs"
          reason={as === 'reply' && shut !== null ? t(shut) : null}
          loading={reply.isPending || note.isPending}
          onClick={send}
        >
          {t(as === 'reply' ? 'inbox.send' : 'inbox.saveNote')}
        </Guarded>
      </Group>
    </div>
  )
}

const offersTaps = (channel: string): boolean =>
  channel === 'whatsapp' || channel === 'messenger' || channel === 'instagram'

/** What is typed here is said as it is typed: no merge fields. */
function contentWith(channel: string, words: string, taps: Record<string, unknown>): MessageContent {
  const choices = choicesOf(taps)
  const rows = choices.rows.map(r => ({ title: literally(r.title), payload: literally(r.payload) }))
  const said = { channel, text: literally(words) }
  return withChoices(
    said,
    choices.kind === 'list'
      ? { ...choices, rows, button: literally(choices.button) }
      : { kind: choices.kind, rows },
  ) as MessageContent
}

function blockedBy(data: Thread) {
  if (data.handedTo !== null) return 'inbox.handedText' as const
  if (!data.reachable) return 'inbox.unreachable' as const
  if (data.window.may === 'template') return 'inbox.windowTemplate' as const
  return data.window.may === 'nothing' ? ('inbox.windowNothing' as const) : null
}

/** The time that is left, where the channel has a window. */
function Allowed({ data }: { data: Thread }) {
  const { t } = useTranslation()
  const say = useSay()
  const now = useNow(30_000)
  const { may, closesAt, humanUntil } = data.window
  const until = may === 'anything' ? closesAt : may === 'human' ? humanUntil : null
  if (until === null) return null
  const left = say.duration(Math.max(0, new Date(until).getTime() - now))
  return (
    <Group gap={4} c="dimmed">
      <IconClock size={14} aria-hidden />
      <Text size="xs">{t(may === 'human' ? 'inbox.windowHuman' : 'inbox.windowOpen', { left })}</Text>
    </Group>
  )
}

/** Tells the others, at most once in a while, that somebody writes here. */
function useWriting(where: Where): () => void {
  const tell = useAct('changeConversation', { quiet: true })
  const last = useRef(0)
  const { ws, customer, channel } = where
  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation begins anew
  useEffect(() => {
    last.current = 0
  }, [ws, customer, channel])
  return () => {
    if (Date.now() - last.current < STILL_MS) return
    last.current = Date.now()
    tell.mutate({ ...where, body: { answering: true } })
  }
}
