// Why a row was refused, in the words of both languages, by code: for the page and the error file. What is not listed says
// its detail. Pure; the web loads it.
import type { ImportField, RowFault, Words } from './model.ts'

const FAULT_WORDS: Readonly<Record<string, Words>> = {
  missing: { zh: '必要欄位是空的', en: 'a needed cell is empty' },
  bad_number: { zh: '不是數字', en: 'not a number' },
  bad_whole: { zh: '要是整數', en: 'a whole number is needed' },
  bad_money: { zh: '不是金額', en: 'not an amount' },
  bad_yes_no: { zh: '要填「是」或「否」', en: 'yes or no is needed' },
  bad_date: {
    zh: '不是日期，或看不出月日順序（請把年寫在前面，例如 1985-03-02、民國74年3月2日）',
    en: 'not a date, or month and day cannot be told apart (year first, as 1985-03-02)',
  },
  bad_time: { zh: '不是時間（例如 2026-05-01 18:30）', en: 'not a time (as 2026-05-01 18:30)' },
  bad_email: { zh: '不是電子信箱', en: 'not an e-mail address' },
  bad_phone: { zh: '不是有效的電話號碼', en: 'not a phone number' },
  bad_text: { zh: '不在可用的值之內', en: 'not one of the values that can be used' },
  bad_card_no: { zh: '不是會員卡號', en: 'not a card number' },
  bad_carrier: { zh: '不是手機條碼載具（/ 加 7 碼）', en: 'not a carrier (/ and 7 characters)' },
  bad_url: { zh: '不是網址', en: 'not a web address' },
  bad_variants: {
    zh: '規格不是 JSON 清單，或其中一項缺少 sku、名稱，或金額不對',
    en: 'the variants are no JSON list, or one lacks its sku or name, or an amount is wrong',
  },
  bad_attributes: { zh: '自訂欄位不是 JSON 物件', en: 'the attributes are no JSON object' },
  bad_characters: {
    zh: '文字無法以所選的編碼讀出，請換一種文字編碼',
    en: 'the text cannot be read in the encoding chosen: choose another',
  },
  bad_json: { zh: '這一行不是一個 JSON 物件', en: 'the line is not one JSON object' },
  no_identifier: {
    zh: '不知道是誰：會員編號、手機、電子信箱、LINE 使用者 ID、卡號、載具至少要有一個',
    en: 'of nobody known: member number, mobile, e-mail, LINE user id, card or carrier is needed',
  },
  unknown_person: { zh: '找不到這位顧客', en: 'nobody is known by these identifiers' },
  no_list: { zh: '沒有這份名單', en: 'there is no such list' },
  no_amount: { zh: '沒有總金額，也沒有明細單價可以加總', en: 'neither a total nor prices of lines' },
  group_split: {
    zh: '同一編號的其他列在檔案前面：請先依編號排序',
    en: 'other rows of the same number stand earlier: sort the file by it',
  },
  in_future: { zh: '時間還沒到', en: 'it has not come yet' },
  reserved_name: { zh: '這是系統保留的事件名稱', en: 'this event name is taken by the product' },
}

type Choice = { value: string; label: Words }

/** What a column may say: in Chinese what files write most. */
export const choicesOf = (choices: NonNullable<ImportField['choices']>): Choice[] =>
  Object.entries(choices).map(([value, [zh = value]]) => ({ value, label: { zh, en: value } }))

/** Why, in one language; of a value that a column does not take, the values it takes. */
export function faultInWords(
  { code, detail }: Pick<RowFault, 'code' | 'detail'>,
  choices: Choice[] | null,
  language: keyof Words,
): string {
  const why = FAULT_WORDS[code]?.[language] ?? detail
  if (code !== 'bad_text' || choices === null) return why
  const values = choices.map(c => c.label[language])
  return language === 'zh' ? `${why}：${values.join('、')}` : `${why}: ${values.join(', ')}`
}
