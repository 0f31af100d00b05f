// Words of replies to tap in chats.
export const choiceWords = {
  choices: {
    replies: ['可點選的回覆', 'Replies to tap'],
    quickReplies: ['快速回覆', 'Quick replies'],
    kind: ['回覆怎麼顯示', 'How replies are shown'],
    kind_buttons: ['按鈕（最多 3 個）', 'Buttons (at most 3)'],
    kind_list: ['清單（最多 10 列）', 'List (at most 10 rows)'],
    openList: ['看選項', 'See options'],
    listButton: ['打開清單的按鈕', 'Button that opens the list'],
    title: ['第 {{n}} 個回覆的文字', 'Words of reply {{n}}'],
    titleHint: ['要買', 'I want it'],
    payload: ['第 {{n}} 個回覆的代號', 'Code of reply {{n}}'],
    payloadHint: ['代號（不填：{{title}}）', 'Code (empty: {{title}})'],
    same: [
      '代號和前面的一樣，會分不出點了哪一個',
      'The same code as one before it: nobody could tell them apart',
    ],
    add: ['加一個回覆', 'Add a reply'],
    remove: ['移除第 {{n}} 個回覆', 'Remove reply {{n}}'],
    help_buttons: [
      '文字 20 字內，訊息本文 1,024 字內。點了會回傳代號，旅程可以等它。',
      'At most 20 characters each, and a text of at most 1,024. A tap brings the code back, and journeys can wait for it.',
    ],
    help_list: [
      '每列 24 字內，不能同時有附件。點了會回傳代號，旅程可以等它。',
      'At most 24 characters a row, and no attachment beside it. A tap brings the code back, and journeys can wait for it.',
    ],
    help_quickReplies: [
      '最多 13 個、每個 20 字內；對方說了別的話就會消失。點了會回傳代號，旅程可以等它。',
      'At most 13 of 20 characters; they go away once something else is said. A tap brings the code back, and journeys can wait for it.',
    ],
    offer: ['附上可點選的回覆', 'Offer replies to tap'],
    takeBack: ['不附回覆', 'Offer none'],
  },
} as const
