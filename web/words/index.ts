// All words of the app, one tree.
import { admin } from './admin.ts'
import { frame } from './frame.ts'
import { imports } from './imports.ts'
import { install } from './install.ts'
import { pages } from './pages.ts'
import { privacyWords } from './privacy.ts'
import { profile } from './profile.ts'
import { work } from './work.ts'

export const words = {
  ...frame,
  ...pages,
  ...install,
  ...work,
  ...profile,
  ...admin,
  ...privacyWords,
  ...imports,
} as const
