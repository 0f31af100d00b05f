// All words of the app, one tree.
import { frame } from './frame.ts'
import { pages } from './pages.ts'
import { work } from './work.ts'

export const words = { ...frame, ...pages, ...work } as const
