// By what the first touch of customers can be told apart. Pure.

/** link: one tagged link or QR code, which is its source, medium, campaign, ad and store together */
export const FIRST_TOUCH_BY = ['kind', 'source', 'campaign', 'link', 'store'] as const
export type FirstTouchBy = (typeof FIRST_TOUCH_BY)[number]
