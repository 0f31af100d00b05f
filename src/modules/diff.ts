// What differs between two contents: by path, what was there and what is there now. Pure.
export type Difference = { path: string; before: string | null; after: string | null }

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0)
    for (const [key, inner] of Object.entries(value)) flatten(inner, `${path}/${key}`, into)
  else if (value !== undefined) into.set(path, shown(value))
}

/** In the order of the newer content; what is gone stands last. */
export function diffContents(before: unknown, after: unknown): Difference[] {
  const was = new Map<string, string>()
  const is = new Map<string, string>()
  flatten(before, '', was)
  flatten(after, '', is)
  const paths = [...is.keys(), ...[...was.keys()].filter(p => !is.has(p))]
  return paths
    .filter(p => was.get(p) !== is.get(p))
    .map(path => ({ path, before: was.get(path) ?? null, after: is.get(path) ?? null }))
}
