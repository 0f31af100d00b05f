// Words of the page on data quality. Each pair is [zh-TW, en].
export const quality = {
  quality: {
    title: ['資料品質', 'Data quality'],
    lead: [
      '已知顧客的資料哪裡有錯、重複、過期或缺漏，並匯出修正清單',
      'Where the data of known customers is wrong, doubled, stale or missing, and a list to correct it by',
    ],
    score: ['品質分數', 'Quality score'],
    scoreDef: [
      '四個面向的平均：格式、重複、過期各為沒有發現的人 ÷ 已知顧客；缺漏為已填的想要欄位比例',
      'Mean of four: for format, duplicates and stale, people without a finding ÷ known customers; for missing, how much of what is wanted is known',
    ],
    known: ['已知顧客', 'Known customers'],
    knownDef: [
      '有會員編號、Email、電話或 LINE 的人；訪客不計',
      'With a member number, e-mail, phone or LINE; anonymous visitors are left out',
    ],
    months: ['多久算過期', 'Stale after'],
    monthsN: ['{{n}} 個月', '{{n}} months'],
    rule: ['規則', 'Rule'],
    people: ['人數', 'People'],
    share: ['佔比', 'Share'],
    found: ['找到的值', 'Found'],
    export: ['下載修正清單', 'Download fix list'],
    exported: ['已下載 {{n}} 列', '{{n}} rows downloaded'],
    exportedMore: [
      '已下載前 {{n}} 列；修正後再下載其餘',
      'The first {{n}} rows are downloaded; correct them, then download the rest',
    ],
    empty: ['還沒有已知顧客', 'No known customers yet'],
    emptyText: [
      '有會員編號、Email、電話或 LINE 的顧客出現後，這裡會檢查他們的資料。',
      'Once customers have a member number, e-mail, phone or LINE, their data is checked here.',
    ],
    never: ['從未', 'Never'],
  },
  dimension: {
    format: ['格式', 'Format'],
    duplicate: ['重複', 'Duplicates'],
    stale: ['過期', 'Stale'],
    missing: ['缺漏', 'Missing'],
  },
  qualityRule: {
    bad_email: ['Email 格式不對', 'E-mail is not an address'],
    bad_phone: ['電話號碼不對', 'Phone is not a number'],
    refused: ['屬性值不符型別，沒有存入', 'A value did not fit its attribute and was not kept'],
    same_email: ['多位顧客用同一個 Email', 'Several customers share an e-mail'],
    same_phone: ['多位顧客用同一支電話', 'Several customers share a phone'],
    not_seen: ['超過 {{n}} 個月沒有活動', 'Not seen for {{n}} months'],
    not_verified: ['聯絡方式超過 {{n}} 個月沒有驗證', 'No contact verified for {{n}} months'],
    missing: ['缺少：{{name}}', 'Missing: {{name}}'],
  },
  qualityFix: {
    bad_email: [
      '在來源系統改正後重新匯入；錯誤的值只當線索，不會用來發送',
      'Correct it at its source and import again; a wrong value is kept as a hint and never sent to',
    ],
    bad_phone: [
      '在來源系統改正後重新匯入；台灣手機為 09 開頭十碼',
      'Correct it at its source and import again; mobile numbers of Taiwan have ten digits from 09',
    ],
    refused: [
      '檢查來源的值，或到設定調整屬性的型別與選項',
      'Check the value at its source, or change type and choices of the attribute in Settings',
    ],
    same_email: [
      '確認是否同一人：是就合併，不是就請本人更新',
      'See whether they are one person: merge them, or ask for another address',
    ],
    same_phone: [
      '可能是家人共用：確認後合併，或分別更新',
      'A family may share it: merge them, or update each',
    ],
    not_seen: [
      '用喚回旅程再聯絡一次，或依保存期限處理',
      'Win them back once more, or let retention take them',
    ],
    not_verified: ['請對方從確認連結或 LINE 綁定驗證聯絡方式', 'Have them confirm by link, or bind LINE'],
    missing: ['用問卷或表單補上', 'Ask for it with a form or questionnaire'],
  },
} as const
