// Names of people in one field: tidied, and taken apart where that is sure. A Chinese name is cut after a known family
// name; names of other forms (foreign, indigenous, two family names) stay whole.

const COMPOUND = new Set(
  '歐陽 司馬 司徒 上官 諸葛 東方 皇甫 尉遲 公孫 令狐 慕容 夏侯 宇文 長孫 獨孤 南宮 張簡 范姜 張廖 翁林'.split(
    ' ',
  ),
)
/** Compound names whose first character is a common family name by itself: three characters leave both readings. */
const UNSURE = new Set('張簡 范姜 張廖 翁林 夏侯'.split(' '))

// the family names of Taiwan's statistics that cover well over 99 % of people
const SINGLE = new Set(
  (
    '陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周徐蘇葉莊呂江何蕭羅高潘簡朱鍾游彭詹胡施沈余盧梁趙顏柯翁魏孫戴' +
    '范方宋鄧杜傅侯曹薛丁卓馬阮董温溫唐藍石蔣古紀姚連馮歐程湯田康姜白汪尤巫鄒涂巫甘鄔龔金嚴倪湛韓黎侯段陸' +
    '童涂裴童夏柳錢崔孔賀毛袁于孟龍萬常武雷伍駱史陶譚尹邵秦任熊俞章魯葛韋申路喬殷牛易包池樊尚凌尉管鮑聶凃粘' +
    '塗華辛邢成蒲官全季時祝麥焦安文岳左齊米莫車關符畢艾樓花冉單滕溥幸車向練解冷鄞賈盛賓艾曲項柏饒臧祁苗商榮' +
    '藺竇車闕應丘詹佘練利蒙阎閻柴苟農宓戎桂佟顧耿鄺靳荊喻晏伊宗明'
  ).split(''),
)

const HAN = /^[\p{Script=Han}]+$/u

/** Spaces of every kind as one, none inside a Chinese name. */
export function tidyName(text: string): string {
  const name = text
    .normalize('NFC')
    .replace(/[\s\u3000]+/gu, ' ')
    .trim()
  const joined = name.replaceAll(' ', '')
  return HAN.test(joined) && joined.length <= 5 ? joined : name
}

/** Family and given name; null where that would be a guess. `name` is tidy. */
export function splitName(name: string): { family: string; given: string } | null {
  if (!HAN.test(name)) return null
  const length = [...name].length
  if (length !== name.length || length < 2 || length > 4) return null // rare characters take two code units
  const two = name.slice(0, 2)
  if (COMPOUND.has(two)) {
    if (length === 2 || (length === 3 && UNSURE.has(two))) return null
    return { family: two, given: name.slice(2) }
  }
  if (length > 3 || !SINGLE.has(name[0]!)) return null
  return { family: name[0]!, given: name.slice(1) }
}
