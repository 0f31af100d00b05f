// What a node is called away from its canvas: its own title, else what it sends; with a link to it.
import type { Out } from '../../src/contract.ts'
import { word } from '../i18n.ts'
import { withFieldNames } from '../messages/merge-words.ts'
import { A } from '../parts/link.tsx'
import { useKnown } from '../rules/vocabulary.tsx'
import { useSay, useWs } from '../use.ts'

export type Named = NonNullable<Out<'message'>['nodeName']>

/** A node in words; null stands for one that no version has any more. */
export function useNodeName(): (node: Named | null) => string {
  const { t, list } = useSay()
  const { names } = useKnown(useWs())
  return node => {
    if (node === null) return t('journeys.goneNode')
    if (node.title !== null) return node.title
    const text = withFieldNames(node.words, names)
    if (text === '') return word('node', node.type)
    return t('say.send', { channel: list(node.channels.map(c => word('channel', c))), text })
  }
}

/** A broadcast has one message: its page shows it. */
export function NodeLink({
  node,
  at,
  inside,
}: {
  node: Named | null
  at: { journey: string; node: string; broadcast?: string | null }
  /** said before it */
  inside?: string
}) {
  const ws = useWs()
  const say = useNodeName()
  const text = [inside, say(node)].filter(Boolean).join(' · ')
  return at.broadcast ? (
    <A to="/w/$ws/broadcasts/$broadcast" params={{ ws, broadcast: at.broadcast }}>
      {text}
    </A>
  ) : (
    <A to="/w/$ws/journeys/$journey" params={{ ws, journey: at.journey }} search={{ node: at.node }}>
      {text}
    </A>
  )
}
