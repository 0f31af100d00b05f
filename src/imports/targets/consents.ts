// Consents with their proof: one row a person, channel and purpose. The newer one holds.
import type { Cells, EventTarget } from '../model.ts'
import { customersOf } from '../people.ts'
import { whoOf } from './customers.ts'
import { nobody, personOf, WHO, WHO_KEYS } from './who.ts'

export const consents: EventTarget = {
  kind: 'events',
  name: 'consents',
  label: { zh: '行銷同意', en: 'Consents' },
  hint: {
    zh: '一列一位顧客在一個渠道的同意或拒絕，可附同意當時的條款版本、網址與 IP。',
    en: 'One row a person and channel: agreed or refused, with the version of the text, address and IP as proof.',
  },
  fields: [
    ...WHO,
    {
      key: 'channel',
      label: { zh: '渠道', en: 'Channel' },
      type: 'text',
      required: true,
      synonyms: ['管道', '通知方式', 'medium'],
      choices: {
        email: ['電子郵件', '電子報', 'e-mail', 'mail', 'edm'],
        sms: ['簡訊', 'text'],
        line: ['line 訊息'],
        phone: ['電話', 'call'],
        push: ['推播', 'app 推播'],
        post: ['郵寄', 'dm'],
      },
      example: 'email',
    },
    {
      key: 'granted',
      label: { zh: '是否同意', en: 'Agreed' },
      type: 'yes_no',
      required: true,
      synonyms: ['同意', '行銷同意', '訂閱', 'consent', 'opt in', 'subscribed', 'status'],
      example: '是',
    },
    {
      key: 'at',
      label: { zh: '同意時間', en: 'At' },
      type: 'time',
      required: true,
      synonyms: ['時間', '日期', '拒絕時間', 'consent time', 'updated at', 'timestamp'],
      example: '2026-05-01 18:30',
    },
    {
      key: 'purpose',
      label: { zh: '用途', en: 'Purpose' },
      type: 'text',
      synonyms: ['目的'],
      choices: { marketing: ['行銷', '廣告'], profiling: ['個人化', '分析'], service: ['服務', '通知'] },
      example: 'marketing',
    },
    {
      key: 'text_version',
      label: { zh: '條款版本', en: 'Text version' },
      type: 'text',
      synonyms: ['版本', 'version'],
    },
    { key: 'text', label: { zh: '條款文字', en: 'Text' }, type: 'text', synonyms: ['同意文字', 'wording'] },
    {
      key: 'url',
      label: { zh: '同意頁面網址', en: 'Page address' },
      type: 'text',
      synonyms: ['網址', 'source url'],
    },
    { key: 'ip', label: { zh: 'IP 位址', en: 'IP address' }, type: 'code', synonyms: ['ip'] },
  ],
  oneOf: WHO_KEYS,

  toItems(rows) {
    const cells = rows[0]!
    const who = personOf(cells)
    if (!who) return { fault: nobody(false) }
    const { channel, granted, at } = cells
    const purpose = cells.purpose ?? 'marketing'
    const proof: Record<string, unknown> = { at }
    if (cells.text_version !== undefined) proof.version = cells.text_version
    for (const key of ['text', 'url', 'ip']) if (cells[key] !== undefined) proof[key] = cells[key]
    return {
      items: [
        {
          key: `consent:${String(channel)}/${String(purpose)}:${who.key}`,
          item: {
            ...who.person,
            type: 'track',
            event: granted ? 'consent.granted' : 'consent.refused',
            timestamp: at,
            properties: { channel, purpose, proof },
          },
        },
      ],
    }
  },

  async *read(source) {
    for await (const state of customersOf(source)) {
      const who = whoOf(state)
      for (const [key, held] of Object.entries(state.consent)) {
        const [channel, purpose] = key.split('/') as [string, string?]
        const cells: Cells = { ...who, channel, granted: held.on, at: new Date(held.at).toISOString() }
        if (purpose !== undefined) cells.purpose = purpose
        yield cells
      }
    }
  },
}
