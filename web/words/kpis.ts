// Words of the page on KPIs. Each pair is [zh-TW, en].
export const kpiWords = {
  kpis: {
    title: ['KPI', 'KPIs'],
    lead: [
      '團隊要盯的數字：目標、這一期到目前為止、以及每一週的走勢',
      'What the team watches: target, the period so far, and how the weeks went',
    ],
    add: ['新增 KPI', 'Add a KPI'],
    metric: ['指標', 'Metric'],
    period: ['期間', 'Period'],
    target: ['目標', 'Target'],
    targetHelp: [
      '比率請填百分比；回購週期越短越好',
      'Percent for shares; for the repurchase cycle less is better',
    ],
    save: ['儲存', 'Save'],
    edit: ['修改「{{name}}」', 'Edit {{name}}'],
    drop: ['移除', 'Remove'],
    soFar: ['{{day}} 起至今', 'since {{day}}'],
    met: ['達標', 'On target'],
    notMet: ['未達標', 'Not yet'],
    goal: ['目標 {{value}}', 'Target {{value}}'],
    noTarget: ['沒有目標', 'No target'],
    weekly: ['每週快照', 'Weekly snapshots'],
    noWeeks: ['第一個完整的週結束後會有走勢', 'The trend begins after the first whole week'],
    empty: ['還沒有選 KPI', 'No KPI chosen yet'],
    emptyText: [
      '選一個指標、期間與目標。每週一會把上一週的數字存下來，之後就算資料改變，歷史也看得到。',
      'Choose a metric, a period and a target. Each Monday the week before is kept, so its story stays when data changes later.',
    ],
    people: ['「{{name}}」背後的人', 'Who: {{name}}'],
    days: ['{{n}} 天', '{{n}} days'],
  },
  kpiPeriod: { week: ['週', 'Week'], month: ['月', 'Month'], quarter: ['季', 'Quarter'] },
  kpi: {
    revenue: ['營收', 'Revenue'],
    orders: ['訂單數', 'Orders'],
    aov: ['客單價', 'AOV'],
    new_customers: ['新客數', 'New customers'],
    members: ['會員數', 'Members'],
    active_share: ['活躍率', 'Active share'],
    repurchase_rate: ['回購率', 'Repurchase rate'],
    repurchase_cycle: ['回購週期', 'Repurchase cycle'],
    reach_share: ['觸及率', 'Reach'],
    engagement_rate: ['互動率', 'Engagement rate'],
    message_revenue: ['訊息帶來的營收', 'Revenue from messages'],
  },
  kpiDef: {
    revenue: [
      '期間內成立訂單的淨額，扣除至今的退款',
      'Net revenue of orders placed in the period, less refunds so far',
    ],
    orders: ['期間內成立的訂單', 'Orders of the period that stand'],
    aov: ['期間內營收 ÷ 訂單數', 'Revenue ÷ orders of the period'],
    new_customers: [
      '第一張成立的訂單落在期間內的人',
      'People whose first order that stands was placed in the period',
    ],
    members: [
      '現在有會員編號的顧客；過去的數字只存在快照裡',
      'Customers with a member number now; the past is in the snapshots only',
    ],
    active_share: [
      '期間內自己來過網站、App、門市或聊天的顧客 ÷ 全部顧客',
      'Customers who came to site, app, store or chat in the period ÷ all customers',
    ],
    repurchase_rate: [
      '期末往前 180 到 90 天買過的人，90 天內又買的比例；每個人都有滿 90 天可以回購',
      'Of who bought 180 to 90 days before the end: bought again within 90 days; everybody has had the whole 90 days',
    ],
    repurchase_cycle: [
      '期末往前一年內，同一人相鄰兩張訂單間隔天數的中位數',
      'Median days between two orders in a row of a person, over the year before the end',
    ],
    reach_share: [
      '期間內被訊息觸及的人 ÷ 全部顧客',
      'People reached by messages of the period ÷ all customers',
    ],
    engagement_rate: [
      '期間內點擊或回答訊息的人 ÷ 被觸及的人',
      'People who clicked or answered ÷ people reached by messages of the period',
    ],
    message_revenue: [
      '期間內訂單的營收，以 14 天內最後一次點擊歸因給訊息',
      'Revenue of orders of the period, credited to the last click within 14 days',
    ],
  },
} as const
