// The country of a new brand: at first the one whose clock this browser shows.
import { COUNTRIES, COUNTRY_CODES, type Country } from '../../src/catalogue/countries.ts'

export function countryHere(): Country {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone
  return COUNTRY_CODES.find(code => COUNTRIES[code].timezone === here) ?? 'TW'
}
