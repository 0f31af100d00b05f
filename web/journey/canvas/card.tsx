// What stands on the canvas: the card of a node, the way in, an end, the frame of a group and a comment.
import { ActionIcon, Textarea, TextInput } from '@mantine/core'
import { IconAlertTriangle, IconBolt, IconX } from '@tabler/icons-react'
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../../src/contract.ts'
import type { NodeData, Trigger } from '../../../src/journeys/model.ts'
import { nodeType } from '../../../src/journeys/register.ts'
import { word } from '../../i18n.ts'
import { useVocabulary } from '../../rules/vocabulary.tsx'
import { useSay } from '../../use.ts'
import { nodeTitle, sayNode } from '../in-words.ts'
import { nodeSay } from '../say/register.ts'
import { sayTrigger } from '../say/triggers/register.ts'
import { useActs } from './acts.ts'
import { portX } from './shape.ts'

export type Counts = Out<'journeyCounts'>['nodes'][number]
export type CardData = {
  node: NodeData
  ports: string[]
  /** undefined: not live */
  counts: Counts | undefined
  problems: string
  /** the one that Tab comes to */
  entrance: boolean
  open: boolean
}
export type StartData = {
  trigger: Trigger
  entered: number | undefined
  wrong: boolean
  entrance: boolean
  open: boolean
}

const Card = memo(function Card({ id, data, selected, width }: NodeProps<Node<CardData>>) {
  const { t } = useTranslation()
  const say = useSay()
  const { names } = useVocabulary()
  const { editable, choose } = useActs()
  const { node, counts, ports } = data
  const Icon = nodeSay(node.type).icon
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={editable} />
      <button
        type="button"
        data-card={id}
        className={`node-card family-${nodeType(node.type)?.family ?? 'data'}${data.open ? ' open' : ''}${selected ? ' selected' : ''}`}
        aria-pressed={data.open}
        tabIndex={data.entrance ? 0 : -1}
        onClick={event => {
          // a key that presses a button is a click without a place
          if (!event.shiftKey && !event.ctrlKey && !event.metaKey) choose(id, event.detail === 0)
        }}
      >
        <span className="node-title">
          <Icon size={16} aria-hidden /> <span className="node-name">{nodeTitle(node)}</span>
          {data.problems ? (
            <IconAlertTriangle size={15} className="tone-bad" aria-label={data.problems} role="img" />
          ) : null}
        </span>
        <span className="node-words">{sayNode(node, say, names)}</span>
        {counts ? (
          <span className="node-counts">
            <span className={counts.waiting ? 'tone-wait' : undefined}>
              {t('journeys.waiting')} <b>{say.people(counts.waiting)}</b>
            </span>
            <span>
              {t('journeys.passed')} <b>{say.people(counts.passed)}</b>
            </span>
            <span>
              {t('journeys.left')} <b>{say.people(counts.left)}</b>
            </span>
          </span>
        ) : null}
      </button>
      {ports.map((port, i) => (
        <Handle
          key={port}
          id={port}
          type="source"
          position={Position.Bottom}
          style={{ left: portX(i, ports.length, width ?? 0) }}
          isConnectable={editable}
          title={word('port', port)}
        />
      ))}
    </>
  )
})

const Start = memo(function Start({ data }: NodeProps<Node<StartData>>) {
  const { t } = useTranslation()
  const say = useSay()
  const { names } = useVocabulary()
  const { openTrigger, editable } = useActs()
  return (
    <>
      <button
        type="button"
        data-card="__start"
        className={`node-card family-start${data.open ? ' open' : ''}`}
        tabIndex={data.entrance ? 0 : -1}
        aria-pressed={data.open}
        onClick={openTrigger}
      >
        <span className="node-title">
          <IconBolt size={16} aria-hidden /> {t('journeys.trigger')}
          {data.wrong ? <IconAlertTriangle size={15} className="tone-bad" aria-hidden /> : null}
        </span>
        <span className="node-words">{sayTrigger(data.trigger, say, names)}</span>
        {data.entered === undefined ? null : (
          <span className="node-counts">
            <span>
              {t('journeys.entered')} <b>{say.people(data.entered)}</b>
            </span>
          </span>
        )}
      </button>
      <Handle id="" type="source" position={Position.Bottom} isConnectable={editable} />
    </>
  )
})

const End = memo(function End({ data }: NodeProps<Node<{ open: boolean }>>) {
  const { t } = useTranslation()
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <div className={`node-end${data.open ? ' open' : ''}`}>
        {t(data.open ? 'canvas.open' : 'journeys.end')}
      </div>
    </>
  )
})

const Frame = memo(function Frame({ id, data }: NodeProps<Node<{ name: string }>>) {
  const { t } = useTranslation()
  const { editable, nameGroup, ungroup } = useActs()
  const group = id.slice('group:'.length)
  return (
    <div className="canvas-frame">
      {editable ? (
        <span className="frame-name nodrag nopan">
          <TextInput
            size="xs"
            variant="unstyled"
            aria-label={t('canvas.groupName')}
            value={data.name}
            onChange={e => nameGroup(group, e.currentTarget.value)}
          />
          <ActionIcon
            size="xs"
            variant="subtle"
            color="gray"
            aria-label={t('canvas.ungroup')}
            onClick={() => ungroup(group)}
          >
            <IconX size={13} />
          </ActionIcon>
        </span>
      ) : (
        <span className="frame-name">{data.name}</span>
      )}
    </div>
  )
})

export type NoteData = { text: string; node: string | undefined }

const Note = memo(function Note({
  id,
  data,
  positionAbsoluteX,
  positionAbsoluteY,
}: NodeProps<Node<NoteData>>) {
  const { t } = useTranslation()
  const { editable, write, erase } = useActs()
  const comment = id.slice('note:'.length)
  return (
    <div className="canvas-note">
      <Textarea
        className="nodrag nopan nowheel"
        variant="unstyled"
        size="xs"
        rows={3}
        maxLength={2000}
        aria-label={t('canvas.comment')}
        placeholder={t('canvas.commentHint')}
        readOnly={!editable}
        value={data.text}
        onChange={e =>
          write({
            id: comment,
            text: e.currentTarget.value,
            x: positionAbsoluteX,
            y: positionAbsoluteY,
            ...(data.node === undefined ? {} : { node: data.node }),
          })
        }
      />
      {editable ? (
        <ActionIcon
          size="xs"
          variant="subtle"
          color="gray"
          className="note-close nodrag"
          aria-label={t('canvas.eraseComment')}
          onClick={() => erase(comment)}
        >
          <IconX size={13} />
        </ActionIcon>
      ) : null}
    </div>
  )
})

export const NODE_KINDS = { card: Card, start: Start, end: End, frame: Frame, note: Note }
