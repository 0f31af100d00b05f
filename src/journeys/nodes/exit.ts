// Ends the run here as completed. Fields: {}. No ports.
import type { NodeType } from '../model.ts'

export const exit: NodeType = {
  type: 'exit',
  family: 'end',
  fields: {},
  ports: () => [],
  validate: () => [],
  enter: () => ({ kind: 'end', how: 'completed', effects: [] }),
}
