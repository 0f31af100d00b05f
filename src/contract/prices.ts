// What providers ask for a message: price tables of accounts, and exchange rates.
import { z } from 'zod'
import { PRICE_CATEGORIES } from '../channels/price.ts'
import { e, id, ok, time } from './shared.ts'

const day = z.iso.date().describe('YYYY-MM-DD of the workspace’s calendar')
const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .describe('ISO 4217')
const price = z.object({
  account: id,
  purpose: z.enum(['marketing', 'transactional']).nullable().describe('null: both'),
  category: z
    .enum(PRICE_CATEGORIES)
    .nullable()
    .describe('WhatsApp only: its template’s category, service: no template; null: any'),
  prefix: z
    .string()
    .regex(/^\d{0,15}$/)
    .describe('phone numbers that begin with these digits, with the country code; empty: any'),
  price: z
    .string()
    .regex(/^\d{1,7}(\.\d{1,6})?$/)
    .describe('of a unit (a message, a part of an SMS), in units of its currency'),
  currency,
  from: day,
})

export const pricesEndpoints = {
  prices: e({
    method: 'get',
    path: '/w/{ws}/prices',
    scope: 'channels:read',
    summary: 'Price tables of the accounts and exchange rates; the most exact price that applies counts',
    out: z.object({
      items: z.array(
        price.extend({
          id,
          state: z.enum(['now', 'later', 'past']).describe('past: a newer one stands in its place'),
          cost: z
            .number()
            .nullable()
            .describe('today, in the smallest unit of the workspace’s currency; null: no rate yet'),
        }),
      ),
      rates: z.array(z.object({ currency, rate: z.string(), from: day, by: z.string(), at: time })),
      currency,
    }),
  }),
  addPrice: e({
    method: 'post',
    path: '/w/{ws}/prices',
    scope: 'channels:write',
    summary: 'A price from a day on; what was accepted before keeps its cost',
    body: price,
    out: z.object({ id }),
  }),
  dropPrice: e({
    method: 'delete',
    path: '/w/{ws}/prices/{price}',
    scope: 'channels:write',
    summary: 'Takes a price away; what was accepted by it keeps its cost',
    out: ok,
  }),
  addCurrencyRate: e({
    method: 'post',
    path: '/w/{ws}/currency-rates',
    scope: 'channels:write',
    summary: 'What one unit of a currency is in the workspace’s, from a day on',
    body: z.object({
      currency,
      rate: z
        .string()
        .regex(/^\d{1,9}(\.\d{1,8})?$/)
        .refine(r => Number(r) > 0, 'more than 0'),
      from: day,
    }),
    out: ok,
  }),
} as const
