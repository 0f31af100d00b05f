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
    apiVersion: ['Graph API 版本（留空為 v23.0）', 'Graph API version (empty: v23.0)'],
    phoneNumberId: ['WhatsApp 門號 ID', 'WhatsApp phone number id'],
    wabaId: ['WhatsApp 商業帳號 ID（同步範本用）', 'WhatsApp business account id (for its templates)'],
    pageId: ['Facebook 粉絲專頁 ID', 'Facebook Page id'],
    instagramId: ['Instagram 帳號 ID', 'Instagram account id'],
    humanAgent: [
      '已獲「真人客服」權限（填 true，人工回覆可到 7 天）',
      'The app may answer as a human agent (true: replies up to 7 days)',
    ],
    appSecret: ['應用程式密鑰', 'App secret'],
    verifyToken: ['Webhook 驗證權杖', 'Webhook verify token'],
    uid: ['EVERY8D 帳號', 'EVERY8D account'],
    registeredLinks: [
      '已向電信業者登記的網址與電話（以逗號分隔）',
      'Links and phone numbers registered with the carriers (commas between)',
    ],
    senderName: ['已登記的發送方名稱（簡訊須寫出）', 'Registered sender name (each SMS must name it)'],
  },
} as const
