// The made-up brand: its name, its eight products and how its people are called. Nothing here is real: addresses are
// in the example domains, phone numbers are counted up from 0900-000-001.

export const BRAND = { zh: '霧丘茶事', en: 'Mist Hill Tea' }
/** The workspace's name says that it is made up. */
export const DEMO_NAME = '霧丘茶事（虛構示範）'

export type Product = {
  sku: string
  name: { zh: string; en: string }
  note: { zh: string; en: string }
  category: { zh: string; en: string }
  /** NT$, whole dollars; what it costs the brand */
  price: number
  cost: number
  /** how often it is looked at, relative */
  weight: number
  /** colours of its picture */
  colours: [string, string, string]
  shape: 'tin' | 'bags' | 'pot' | 'cup' | 'box'
}

const TEA = { zh: '茶葉', en: 'Leaf tea' }
const BAGS = { zh: '茶包', en: 'Tea bags' }
const WARE = { zh: '茶器', en: 'Tea ware' }
const GIFT = { zh: '禮盒', en: 'Gift boxes' }

export const PRODUCTS: readonly Product[] = [
  {
    sku: 'OOLONG-150',
    name: { zh: '霧頂高山烏龍 150g', en: 'Mist Peak High-Mountain Oolong 150 g' },
    note: {
      zh: '清晨雲霧裡慢慢長成的青心烏龍，花香、蜜甜，回沖六泡仍有餘韻。',
      en: 'Qingxin oolong grown slowly in morning mist. Floral, honeyed, good for six infusions.',
    },
    category: TEA,
    price: 680,
    cost: 272,
    weight: 5,
    colours: ['#dfe9d8', '#5f8a5a', '#2f4f3a'],
    shape: 'tin',
  },
  {
    sku: 'RUBY-15',
    name: { zh: '紅玉紅茶茶包 15 入', en: 'Ruby Black Tea, 15 bags' },
    note: {
      zh: '天然肉桂與薄荷香，冷泡熱泡都好喝。',
      en: 'A natural note of cinnamon and mint, hot or cold.',
    },
    category: BAGS,
    price: 420,
    cost: 147,
    weight: 4,
    colours: ['#f3ddd3', '#b5523b', '#6d2a22'],
    shape: 'bags',
  },
  {
    sku: 'BEAUTY-75',
    name: { zh: '東方美人 75g', en: 'Oriental Beauty 75 g' },
    note: {
      zh: '小綠葉蟬咬過的芽葉，熟果與蜂蜜的香氣。',
      en: 'Leafhopper-bitten buds with the scent of ripe fruit and honey.',
    },
    category: TEA,
    price: 980,
    cost: 431,
    weight: 2,
    colours: ['#f4e6cf', '#c98b3c', '#7a4a1d'],
    shape: 'tin',
  },
  {
    sku: 'POUCHONG-150',
    name: { zh: '山谷包種 150g', en: 'Valley Pouchong 150 g' },
    note: { zh: '輕發酵，像剛下過雨的草地。', en: 'Lightly oxidised; a meadow after rain.' },
    category: TEA,
    price: 560,
    cost: 224,
    weight: 3,
    colours: ['#e1eee6', '#7aa78b', '#3b6650'],
    shape: 'tin',
  },
  {
    sku: 'YUZU-15',
    name: { zh: '柚香綠茶茶包 15 入', en: 'Pomelo Green Tea, 15 bags' },
    note: {
      zh: '文旦皮與綠茶一起窨製，下午三點的清醒。',
      en: 'Green tea scented with pomelo peel. For three in the afternoon.',
    },
    category: BAGS,
    price: 380,
    cost: 129,
    weight: 4,
    colours: ['#f2f1cf', '#b9b33c', '#6c7425'],
    shape: 'bags',
  },
  {
    sku: 'COLDPOT-1L',
    name: { zh: '冷泡茶壺 1L', en: 'Cold-Brew Bottle 1 L' },
    note: {
      zh: '睡前放進冰箱，早上就是一壺好茶。耐熱玻璃，濾網可拆。',
      en: 'In the fridge at night, tea in the morning. Heat-proof glass, removable filter.',
    },
    category: WARE,
    price: 890,
    cost: 445,
    weight: 2,
    colours: ['#dcebf0', '#6fa3b5', '#33596a'],
    shape: 'pot',
  },
  {
    sku: 'GAIWAN-3',
    name: { zh: '白瓷蓋碗組', en: 'White Porcelain Gaiwan Set' },
    note: {
      zh: '一碗兩杯，薄胎白瓷，把香氣留在杯蓋。',
      en: 'One bowl, two cups, thin porcelain that keeps the scent in its lid.',
    },
    category: WARE,
    price: 1280,
    cost: 704,
    weight: 1,
    colours: ['#eeeae4', '#b9b1a5', '#6b6459'],
    shape: 'cup',
  },
  {
    sku: 'GIFT-4',
    name: { zh: '四季分享禮盒', en: 'Four Seasons Gift Box' },
    note: {
      zh: '四款當季茶各 40g，附手寫卡片。',
      en: 'Four teas of the season, 40 g each, with a hand-written card.',
    },
    category: GIFT,
    price: 1680,
    cost: 756,
    weight: 1.5,
    colours: ['#eadfee', '#8f6aa6', '#553a67'],
    shape: 'box',
  },
]

export const findProduct = (sku: string): Product | undefined => PRODUCTS.find(p => p.sku === sku)

/** of the demo brand; a sandbox's shop and till sell in its own */
export const CURRENCY = 'TWD'

/** Codes of the made-up stores. */
export const STORES = ['TPE01', 'TXG01', 'KHH01'] as const

const SURNAMES = [
  ...'陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐周葉蘇莊呂江何蕭羅高潘簡朱鍾游彭詹胡施沈余盧梁趙顏柯翁魏孫戴',
]
const ROMAN =
  'chen lin huang chang lee wang wu liu tsai yang hsu cheng hsieh hung kuo chiu tseng liao lai hsu chou yeh su chuang lu chiang ho hsiao lo kao pan chien chu chung yu peng chan hu shih shen yu lu liang chao yen ko weng wei sun tai'.split(
    ' ',
  )
const GIVEN: readonly (readonly [string, string])[] = [
  ['雅婷', 'yating'],
  ['怡君', 'yichun'],
  ['志明', 'chihming'],
  ['淑芬', 'shufen'],
  ['家豪', 'chiahao'],
  ['冠宇', 'kuanyu'],
  ['宗翰', 'tsunghan'],
  ['佩珊', 'peishan'],
  ['詩涵', 'shihhan'],
  ['子軒', 'tzuhsuan'],
  ['承恩', 'chengen'],
  ['欣怡', 'hsinyi'],
  ['美玲', 'meiling'],
  ['建宏', 'chienhung'],
  ['俊傑', 'chunchieh'],
  ['心怡', 'hsinyi'],
  ['宜蓁', 'yichen'],
  ['品妤', 'pinyu'],
  ['柏翰', 'pohan'],
  ['彥廷', 'yenting'],
  ['惠如', 'huiju'],
  ['靜宜', 'chingyi'],
  ['思妤', 'szuyu'],
  ['詠晴', 'yungching'],
  ['宥廷', 'yuting'],
  ['書瑋', 'shuwei'],
  ['曉君', 'hsiaochun'],
  ['婉婷', 'wanting'],
  ['明哲', 'mingche'],
  ['育誠', 'yucheng'],
]

export type PersonName = { name: string; given: string; roman: string }

/** `at` picks the name: neighbours differ, and the same name may come twice, as in life. */
export function personName(random: { int(from: number, to: number): number }): PersonName {
  const s = random.int(0, SURNAMES.length - 1)
  const [given, roman] = GIVEN[random.int(0, GIVEN.length - 1)]!
  return { name: SURNAMES[s]! + given, given, roman: `${ROMAN[s]}.${roman}` }
}

export const CITIES = [
  '台北市',
  '新北市',
  '桃園市',
  '台中市',
  '台南市',
  '高雄市',
  '新竹市',
  '嘉義市',
  '宜蘭縣',
  '花蓮縣',
] as const
export const EMAIL_DOMAINS = ['example.com', 'example.net', 'example.org'] as const
