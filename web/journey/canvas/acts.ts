// What the parts of the canvas may do, handed down without drawing them anew each time.
import { createContext, useContext } from 'react'
import type { Spot } from '../editor/ways.ts'

export type Acts = {
  editable: boolean
  /** opens the panel of a node; by a key: the focus goes into it */
  choose: (id: string, byKey?: boolean) => void
  /** opens the palette: what is taken goes on these ways */
  pick: (spots: Spot[]) => void
  openTrigger: () => void
  write: (comment: { id: string; text: string; x: number; y: number; node?: string }) => void
  erase: (comment: string) => void
  nameGroup: (group: string, name: string) => void
  ungroup: (group: string) => void
}

const nothing = () => undefined
const ActsContext = createContext<Acts>({
  editable: false,
  choose: nothing,
  pick: nothing,
  openTrigger: nothing,
  write: nothing,
  erase: nothing,
  nameGroup: nothing,
  ungroup: nothing,
})
export const ActsProvider = ActsContext.Provider
export const useActs = (): Acts => useContext(ActsContext)
