// Where a brand may be at home: its wall time (which also says whose phone numbers are written without a country) and its money.

export const COUNTRY_CODES = ['TW', 'HK', 'MO', 'SG', 'MY', 'JP'] as const
export type Country = (typeof COUNTRY_CODES)[number]

export const COUNTRIES: Readonly<Record<Country, { timezone: string; currency: string }>> = {
  TW: { timezone: 'Asia/Taipei', currency: 'TWD' },
  HK: { timezone: 'Asia/Hong_Kong', currency: 'HKD' },
  MO: { timezone: 'Asia/Macau', currency: 'MOP' },
  SG: { timezone: 'Asia/Singapore', currency: 'SGD' },
  MY: { timezone: 'Asia/Kuala_Lumpur', currency: 'MYR' },
  JP: { timezone: 'Asia/Tokyo', currency: 'JPY' },
}
