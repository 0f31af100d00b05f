// What a command answers: what was done, or a problem that says what to do.

export type Answer = { status: number; body: Record<string, unknown> }

export const done = (more: Record<string, unknown> = {}): Answer => ({
  status: 200,
  body: { ok: true, ...more },
})
export const wrong = (
  status: number,
  code: string,
  title: string,
  action: string,
  path?: string,
): Answer => ({
  status,
  body: path === undefined ? { code, title, action } : { code, title, action, path },
})
