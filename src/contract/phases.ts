// Purchase phases by name, apart from the schemas: the web loads this file.
export const PHASES = ['pre', 'during', 'post'] as const
