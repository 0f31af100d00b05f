// Words of the limits that stand for somebody at a send, in the simulator. Each pair is [zh-TW, en].
export const simulateLimitsWords = {
  limitsNow: {
    title: ['適用的上限（截至 {{time}}）', 'Limits that apply (as of {{time}})'],
    held: ['此刻送出會被擋下', 'Would be held back now'],
    free: ['此刻都可以送出', 'None stands against it now'],
    stands: ['擋下', 'Holds it back'],
    passes: ['可以', 'Lets it go'],
    none: ['這則訊息沒有任何上限。', 'No limit asks about this message.'],
    loading: ['正在查此刻的上限…', 'Looking up the limits of this moment…'],
    failed: ['查不到此刻的上限：{{why}}', 'The limits of this moment could not be read: {{why}}'],
    onlyReal: [
      '選一位真實顧客，就會列出每則訊息此刻適用的上限。',
      'Choose a real customer to see which limits apply to each message now.',
    ],
  },
} as const
