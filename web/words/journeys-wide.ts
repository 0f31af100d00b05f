// Words of what holds for a whole journey: limits, policy, goal, report.
export const journeysWide = {
  per: {
    minute: ['分鐘', 'minute'],
    hour: ['小時', 'hour'],
    day: ['天', 'day'],
    month: ['月', 'month'],
    ever: ['總計', 'in all'],
  },
} as const
