// Amounts: decimal major units, as shops write them, to integers of the smallest unit.

/** Currencies without decimals here: those of ISO 4217, and TWD, whose cents are not in use. */
const NO_DECIMALS = new Set(
  'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF TWD UGX UYI VND VUV XAF XOF XPF'.split(' '),
)
const THREE_DECIMALS = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '))

const decimalsOf = (currency: string): number =>
  NO_DECIMALS.has(currency) ? 0 : THREE_DECIMALS.has(currency) ? 3 : 2

/** `value` (a number, or a text such as '1299.50') in smallest units; decimals beyond the currency's are rounded half
 *  up, on the decimal digits themselves. Null: not an amount, negative, or beyond exact integers. */
export function toSmallestUnit(value: unknown, currency: string): number | null {
  const text = typeof value === 'number' ? plain(value) : typeof value === 'string' ? value.trim() : null
  if (text === null || !/^\d{1,18}(\.\d+)?$/.test(text)) return null
  const [whole, fraction = ''] = text.split('.') as [string, string?]
  const decimals = decimalsOf(currency)
  const digits = fraction.slice(0, decimals).padEnd(decimals, '0')
  const amount = BigInt(whole + digits) + (fraction.charCodeAt(decimals) >= 53 ? 1n : 0n) // '5'
  return amount <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(amount) : null
}

/** A number without an exponent; what is too large or too small for that is not a price. */
function plain(value: number): string | null {
  const text = String(value)
  return text.includes('e-') ? '0' : /^[\d.]+$/.test(text) ? text : null
}

/** An amount of smallest units in currency units: 129950 of USD is 1299.5. */
export const fromSmallestUnit = (amount: number, currency: string): number =>
  Number(`${amount}e-${decimalsOf(currency)}`)
