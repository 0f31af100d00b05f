// The panels that there are: a file of this folder by the name of slot.ts, loaded when it is opened.
import { type ComponentType, lazy } from 'react'
import { PANELS, type PanelName, type PanelProps } from './slot.ts'

type Loaded = { Panel: ComponentType<PanelProps> }
const files = import.meta.glob<Loaded>([
  './{node-form,trigger-form,entry-form,settings-form}.tsx',
  './{versions,publish,simulate,replay,report,why,experiment}.tsx',
])

const slots = new Map<PanelName, ComponentType<PanelProps>>()
for (const [name, file] of Object.entries(PANELS)) {
  const load = files[`./${file}.tsx`]
  if (load)
    slots.set(
      name as PanelName,
      lazy(async () => ({ default: (await load()).Panel })),
    )
}

export const slotOf = (name: string | undefined): ComponentType<PanelProps> | undefined =>
  slots.get(name as PanelName)
export const slotNames = (): PanelName[] => [...slots.keys()]
