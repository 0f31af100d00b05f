// What people like: categories and brands by what they looked at, added, bought (src/customers/affinity.ts). Pure.
import { live, type NumberParam, segment } from './model.ts'
import { categories } from './params.ts'
import { and, neverBought } from './rules.ts'

const top: NumberParam = {
  kind: 'number',
  unit: 'times',
  min: 1,
  max: 5,
  label: { zh: '在最愛的前幾名', en: 'Among so many favourites' },
  default: 1,
}
export const categoryLovers = segment({
  key: 'category_lovers',
  family: 'preference',
  name: { zh: '某分類愛好者', en: 'Lovers of a category' },
  sentence: {
    zh: '{categories}在他最常看、最常買的前 {top} 名分類裡',
    en: 'One of their top {top} categories, by what they look at and buy, is {categories}',
  },
  purpose: { zh: '新品上市先通知真正有興趣的人。', en: 'Tell those who care about it first.' },
  params: { categories, top },
  define: p => live({ op: 'likes', of: 'category', values: p.categories, top: p.top }),
})

export const brandLovers = segment({
  key: 'brand_lovers',
  family: 'preference',
  name: { zh: '某品牌愛好者', en: 'Lovers of a brand' },
  sentence: {
    zh: '{brands}在他最常看、最常買的前 {top} 名品牌裡',
    en: 'One of their top {top} brands, by what they look at and buy, is {brands}',
  },
  purpose: { zh: '品牌檔期的核心名單。', en: 'Whom a brand week is for.' },
  params: {
    brands: {
      kind: 'names',
      of: 'brand',
      most: 20,
      label: { zh: '品牌', en: 'Brands' },
      default: f => f.brands.slice(0, 1),
    },
    top: { ...top, max: 3 },
  },
  define: p => live({ op: 'likes', of: 'brand', values: p.brands, top: p.top }),
})

export const favouriteCategory = segment({
  key: 'favourite_category',
  family: 'preference',
  name: { zh: '商品偏好', en: 'Favourite category' },
  sentence: {
    zh: '依每個人最喜歡的分類分群：{categories}；其他人一群',
    en: 'By each person’s favourite category: {categories}; all others together',
  },
  purpose: { zh: '一封信、每群看到自己喜歡的商品。', en: 'One mail, and each sees what they like.' },
  params: {
    categories: { ...categories, default: f => f.categories.slice(0, 8) },
  },
  define: p => ({
    kind: 'partition',
    groups: p.categories.map((name, i) => ({
      key: `c${i + 1}`,
      name: { zh: name, en: name },
      rule: { op: 'likes', of: 'category', values: [name], top: 1 },
    })),
    rest: { zh: '其他或未知', en: 'Others, or not known' },
  }),
})

export const likesNotBought = segment({
  key: 'likes_not_bought',
  family: 'preference',
  name: { zh: '喜歡但沒買過', en: 'Likes it, never bought it' },
  sentence: {
    zh: '{categories}在他前 {top} 名喜歡的分類裡，但從沒買過',
    en: 'One of their top {top} categories is {categories}, but they never bought it',
  },
  purpose: { zh: '交叉銷售：只差一個理由。', en: 'Cross-selling: all it takes is a reason.' },
  params: { categories, top: { ...top, default: 2 } },
  define: p =>
    live(
      and(
        { op: 'likes', of: 'category', values: p.categories, top: p.top },
        neverBought({ lines: { by: 'category', values: p.categories } }),
      ),
    ),
})
