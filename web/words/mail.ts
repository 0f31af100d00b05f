// Words of e-mail and push accounts: settings, their domain's records and their standing. Each pair is [zh-TW, en].
export const mailSettings = {
  bounceDomain: ['退信網域（留空為寄件人自己）', 'Domain for bounces (empty: the sender itself)'],
  dkimSelector: ['DKIM 選擇器（填寫後自動產生金鑰）', 'DKIM selector (a key is made once it is given)'],
  dkimPrivateKey: ['DKIM 私鑰（PEM，可留空）', 'DKIM private key (PEM, may stay empty)'],
  webhookSecret: ['Webhook 密鑰（whsec_…）', 'Webhook secret (whsec_…)'],
  region: ['AWS 區域', 'AWS region'],
  configurationSet: ['SES 設定組（Configuration set）', 'SES configuration set'],
  topicArn: ['SNS 主題 ARN（接收退信與客訴）', 'SNS topic ARN (for bounces and complaints)'],
  accessKeyId: ['Access key ID', 'Access key ID'],
  secretAccessKey: ['Secret access key', 'Secret access key'],
  apiKey: ['API 金鑰', 'API key'],
  subject: ['聯絡方式（mailto: 或 https）', 'Contact (mailto: or https)'],
  icon: ['通知圖示網址', 'Address of the icon'],
  vapidPrivateKey: ['VAPID 私鑰（留空自動產生）', 'VAPID private key (empty: one is made)'],
  serviceAccount: ['服務帳戶金鑰（JSON 檔全文）', 'Key of a service account (the whole JSON file)'],
  webhookPublicKey: ['事件 Webhook 驗證公鑰', 'Verification key of the event webhook'],
} as const

export const mailHealth = {
  standing: ['最近 7 天', 'Last 7 days'],
  delivered: ['送達', 'Delivered'],
  bounced: ['退信', 'Bounced'],
  complained: ['檢舉為垃圾信', 'Reported as spam'],
  rate: ['檢舉率', 'Spam rate'],
  noneTold: [
    '這個帳號還沒有回報送達或客訴。請依 docs/CHANNELS.md 設定 Webhook，才看得到檢舉率。',
    'Nothing was told of this account’s mails yet. Set up its webhook as docs/CHANNELS.md says, to see the spam rate.',
  ],
  good: ['低於 {{aim}}，符合 Gmail 與 Yahoo 的要求。', 'Below {{aim}}, as Gmail and Yahoo ask.'],
  warn: [
    '已超過 {{aim}}。請暫停對久未互動的人寄送；到 {{limit}} 信件會被擋。',
    'Above {{aim}}. Stop writing to people who have not reacted for long; at {{limit}} mails are blocked.',
  ],
  bad: [
    '已達 {{limit}}，Gmail 與 Yahoo 會退回或當成垃圾信。請立即停止行銷信並檢查名單來源。',
    'At {{limit}} Gmail and Yahoo refuse mails or file them as spam. Stop marketing mails now and look at where the addresses came from.',
  ],
  check: ['檢查網域設定', 'Check the domain'],
  checkAgain: ['再檢查一次', 'Check again'],
  domain: ['{{domain}} 的 DNS 紀錄', 'DNS records of {{domain}}'],
  found: ['目前的紀錄', 'Found'],
  put: ['請設定這筆 TXT 紀錄', 'Put this TXT record'],
  copyRecord: ['複製紀錄', 'Copy the record'],
} as const

/** Who speaks to a provider, where a channel has several. */
export const adapterNames = {
  smtp: ['SMTP', 'SMTP'],
  ses: ['Amazon SES', 'Amazon SES'],
  sendgrid: ['SendGrid', 'SendGrid'],
  fcm: ['Firebase（FCM）', 'Firebase (FCM)'],
} as const

export const mailKind = {
  spf: ['SPF（誰可以寄）', 'SPF (who may send)'],
  dkim: ['DKIM（簽章）', 'DKIM (signature)'],
  dmarc: ['DMARC（政策）', 'DMARC (policy)'],
} as const

export const mailState = {
  good: ['正確', 'Good'],
  weak: ['可改善', 'Could be better'],
  wrong: ['錯誤', 'Wrong'],
  missing: ['沒有設定', 'Missing'],
  unknown: ['無法確認', 'Not known'],
} as const

export const mailCode = {
  ok: ['設定正確。', 'As it should be.'],
  not_asked: ['現在查不到 DNS，請稍後再試。', 'The DNS did not answer. Try again later.'],
  none: ['找不到紀錄。', 'There is no such record.'],
  several: [
    '同一個名稱有多筆紀錄，收件方會全部忽略。只留一筆。',
    'There are several records, so receivers ignore all. Keep one.',
  ],
  lets_all: [
    '+all 讓任何人都能冒名寄信。請改成 ~all。',
    '+all lets anybody send in your name. Change it to ~all.',
  ],
  open_end: [
    '紀錄結尾沒有 ~all 或 -all，冒名信不會被擋。',
    'The record does not end in ~all or -all, so forged mail passes.',
  ],
  provider_missing: [
    '沒有列出這個寄信服務。若在該服務設定了自訂退信網域，請依它的說明加入。',
    'This provider is not named. If you set up a return path of your own there, add it as the provider says.',
  ],
  provider_signs: [
    '由 Amazon SES 簽章。請在 SES 主控台確認網域已通過驗證（Easy DKIM）。',
    'Amazon SES signs. Look in its console whether the domain is verified (Easy DKIM).',
  ],
  no_key: [
    '這個帳號沒有簽章。填寫 DKIM 選擇器並儲存，再設定這裡顯示的紀錄。',
    'This account does not sign. Give a DKIM selector, save, and put the record that is shown here.',
  ],
  other_key: [
    'DNS 上的公鑰和這個帳號的金鑰不同，簽章會失敗。',
    'The key in the DNS is not this account’s, so signatures fail.',
  ],
  revoked: ['公鑰是空的，代表已撤銷。', 'The key is empty, which means it was revoked.'],
  only_watches: [
    '政策是 none：符合 Gmail 與 Yahoo 的要求，但只觀察。報告正常後可改成 quarantine。',
    'The policy is none: enough for Gmail and Yahoo, but it only watches. Once reports look right, change it to quarantine.',
  ],
  no_policy: ['沒有有效的政策（p=）。', 'There is no valid policy (p=).'],
} as const
