// Words of SMS, WhatsApp, Messenger and Instagram: their settings, and the sandbox's phone, faults and till.
export const wires = {
  setting: {
    accountSid: ['Account SID', 'Account SID'],
    authToken: ['Auth token', 'Auth token'],
    fromNumber: ['發送號碼', 'Number to send from'],
    username: ['帳號', 'User name'],
    password: ['密碼', 'Password'],
    messagingServiceSid: [
      'Messaging service SID（可代替發送號碼）',
      'Messaging service SID (instead of a number)',
    ],
    path: ['API 路徑（留空為 /api/mtk/SmSend）', 'API path (empty: /api/mtk/SmSend)'],
    uid: ['EVERY8D 帳號', 'EVERY8D account'],
    registeredLinks: [
      '已向電信業者登記的網址與電話（以逗號分隔）',
      'Links and phone numbers registered with the carriers (commas between)',
    ],
    senderName: ['已登記的發送方名稱（簡訊須寫出）', 'Registered sender name (each SMS must name it)'],
  },
} as const
