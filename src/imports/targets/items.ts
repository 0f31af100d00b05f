// Events of another customer data platform: JSON lines in the form that /v1/batch takes (type, userId, event, properties
// …), as archives of Segment and RudderStack hold them.
import { hashId } from '../../platform/ids.ts'
import type { DocumentTarget } from '../model.ts'
import { rowFault } from '../model.ts'

const TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias']

export const items: DocumentTarget = {
  kind: 'documents',
  name: 'items',
  label: { zh: 'CDP 事件（Segment 格式）', en: 'CDP events (Segment’s form)' },
  hint: {
    zh: '一行一個 JSON 事件，與 /v1/batch 的格式相同：type、userId、event、properties、timestamp。',
    en: 'One JSON event a line, as /v1/batch takes them: type, userId, event, properties, timestamp.',
  },
  fields: [],

  fromDocument(doc) {
    if (typeof doc.type !== 'string' || !TYPES.includes(doc.type))
      return { fault: rowFault('type', 'unsupported_type', `One of ${TYPES.join(', ')} is needed as "type"`) }
    const { messageId, receivedAt: _receivedAt, sentAt: _sentAt, originalTimestamp, ...item } = doc
    if (item.timestamp === undefined && originalTimestamp !== undefined) item.timestamp = originalTimestamp
    const id = typeof messageId === 'string' && messageId !== '' ? messageId : hashId(JSON.stringify(doc))
    return { items: [{ key: 'item:' + id, item, once: true }] }
  },
}
