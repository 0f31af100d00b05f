// What channels are called in what the server says itself, as within a sentence. The pages have their words in web/words.
import type { ChannelName } from './model.ts'

export const CHANNEL_WORDS: Record<ChannelName, { zh: string; en: string }> = {
  line: { zh: 'LINE', en: 'LINE' },
  email: { zh: 'Email', en: 'e-mail' },
  sms: { zh: '簡訊', en: 'SMS' },
  whatsapp: { zh: 'WhatsApp', en: 'WhatsApp' },
  messenger: { zh: 'Messenger', en: 'Messenger' },
  instagram: { zh: 'Instagram', en: 'Instagram' },
  push: { zh: 'App 推播', en: 'app push' },
  webpush: { zh: '網頁推播', en: 'web push' },
}
