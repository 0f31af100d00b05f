// All industry presets: one file and one line each.
import type { Preset } from '../model.ts'
import { bank } from './bank.ts'
import { booking } from './booking.ts'
import { restaurant } from './restaurant.ts'
import { retail } from './retail.ts'
import { streaming } from './streaming.ts'

export const PRESETS: readonly Preset[] = [retail, booking, bank, restaurant, streaming]
