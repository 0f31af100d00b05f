// The advertising platforms, by name.
import { google } from './google.ts'
import { line } from './line.ts'
import { meta } from './meta.ts'
import type { Provider } from './model.ts'
import type { Platform } from './platform.ts'

const PLATFORMS: Record<Provider, Platform> = { meta, google, line }

export const platformOf = (provider: Provider): Platform => PLATFORMS[provider]
