// While a journey's rules still learn of the past.
export const computingWords = {
  journeyComputing: {
    open: [
      '正在看過每位顧客的過去。完成前，問過去行為的條件還不完整。',
      'Looking at every customer’s past. Until then, conditions about the past are not complete.',
    ],
    text: [
      '正在看過每位顧客的過去（{{done}} / {{total}}）。完成前，問過去行為的條件還不完整。',
      'Looking at every customer’s past ({{done}} of {{total}}). Until then, conditions about the past are not complete.',
    ],
  },
} as const
