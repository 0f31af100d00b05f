// /openapi.json, made from src/contract.ts, and /api-docs, a page that reads it out: no script, nothing from elsewhere.
import { takesVersion } from './if-match.ts'
import { z } from 'zod'
import { endpoints, problem } from '../../contract.ts'

type Json = Record<string, unknown>
type Described = {
  method: string
  path: string
  scope: string
  summary: string
  query?: z.ZodObject
  body?: z.ZodType
  out: z.ZodType
}

const schemaOf = (type: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: 'any' }) as Json
  return schema
}

function queryParameters(query: z.ZodObject): Json[] {
  const schema = schemaOf(query, 'input') as { properties?: Record<string, Json>; required?: string[] }
  return Object.entries(schema.properties ?? {}).map(([name, type]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: type,
  }))
}

const problemAnswer = (description: string): Json => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})

function operation(name: string, e: Described): Json {
  const pathParameters = [...e.path.matchAll(/\{(\w+)\}/g)].map(m => ({
    name: m[1],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const idempotency =
    e.method !== 'get' && e.scope !== 'public'
      ? [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: false,
            schema: { type: 'string', maxLength: 200 },
          },
        ]
      : []
  const ifMatch = takesVersion(e)
    ? [
        {
          name: 'If-Match',
          in: 'header',
          required: false,
          description:
            'The ETag of the last answer, in place of `version` in the body; then 412 instead of 409',
          schema: { type: 'string' },
        },
      ]
    : []
  const needs =
    e.scope === 'public' ? 'No sign-in.' : e.scope === 'session' ? 'Any signed-in user.' : `Scope ${e.scope}.`
  return {
    operationId: name,
    summary: e.summary,
    description: needs,
    tags: [e.path.split('/').find(part => part !== '' && part !== 'w' && part !== '{ws}') ?? 'workspace'],
    parameters: [...pathParameters, ...(e.query ? queryParameters(e.query) : []), ...idempotency, ...ifMatch],
    ...(e.body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(e.body, 'input') } },
          },
        }
      : {}),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: schemaOf(e.out, 'output') } } },
      ...(e.body || e.query
        ? { 400: problemAnswer('The body or query is wrong; path names the field') }
        : {}),
      ...(e.scope === 'public'
        ? {}
        : { 401: problemAnswer('Not signed in'), 403: problemAnswer('Scope missing') }),
      ...(e.path.includes('{') ? { 404: problemAnswer('Not there, or not yours to see') } : {}),
    },
    security:
      e.scope === 'public'
        ? []
        : e.scope === 'session'
          ? [{ session: [] }]
          : [{ session: [] }, { apiKey: [] }],
  }
}

export function openApiDocument(version: string): Json {
  const paths: Record<string, Json> = {}
  for (const [name, endpoint] of Object.entries(endpoints)) {
    const e: Described = endpoint
    paths[`/api${e.path}`] = { ...paths[`/api${e.path}`], [e.method]: operation(name, e) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Itinera',
      version,
      description:
        'Ids are prefix + base32, times RFC 3339 UTC, money integers of the smallest unit with its currency. Lists page by cursor, newest first. Errors are RFC 9457 problems. Event intake is under /v1 (Segment-compatible).',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem: schemaOf(problem, 'output') },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'itinera_session' },
        apiKey: { type: 'http', scheme: 'bearer', description: 'API key: ik_…' },
      },
    },
  }
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const block = (title: string, type: z.ZodType | undefined, io: 'input' | 'output'): string =>
  type
    ? `<details><summary>${title}</summary><pre>${escapeHtml(JSON.stringify(schemaOf(type, io), null, 2))}</pre></details>`
    : ''

/** One readable page of all endpoints. */
export function apiDocsPage(version: string): string {
  const rows = Object.entries(endpoints).map(([name, endpoint]) => {
    const e: Described = endpoint
    return `<section id="${name}"><h2><span class="m ${e.method}">${e.method.toUpperCase()}</span> <code>/api${escapeHtml(e.path)}</code></h2>
<p>${escapeHtml(e.summary)}</p><p class="s">${escapeHtml(name)} · ${e.scope === 'public' ? 'no sign-in' : e.scope === 'session' ? 'any signed-in user' : `scope <code>${e.scope}</code>`}</p>
${block('Query', e.query, 'input')}${block('Body', e.body, 'input')}${block('Answer', e.out, 'output')}</section>`
  })
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Itinera API</title><style>
:root{color-scheme:light dark;--line:light-dark(#e3e5ea,#33363d);--soft:light-dark(#5c616b,#a3a8b2);--accent:light-dark(#3b4cca,#9aa6ff)}
body{font:15px/1.6 Inter,"PingFang TC","Noto Sans TC","Microsoft JhengHei",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
section{border-top:1px solid var(--line);padding:.5rem 0}h2{font-size:1rem;margin:.5rem 0;overflow-wrap:anywhere}p{margin:.25rem 0}
.s{color:var(--soft);font-size:.85rem}.m{display:inline-block;min-width:4rem;color:var(--accent)}pre{overflow:auto;border:1px solid var(--line);border-radius:8px;padding:.75rem;font-size:.8rem}
summary{cursor:pointer}a{color:var(--accent)}</style></head><body><main><h1>Itinera API ${escapeHtml(version)}</h1>
<p>Machine-readable: <a href="/openapi.json">/openapi.json</a>. Send an API key as <code>Authorization: Bearer ik_…</code>. Errors are problem documents (RFC 9457) with <code>code</code>, <code>path</code> and <code>action</code>. Events go to <code>/v1/track</code>, <code>/v1/identify</code>, <code>/v1/page</code>, <code>/v1/batch</code> (Segment-compatible). Live changes: <code>GET /api/w/{ws}/live</code> (server-sent events).</p>
${rows.join('\n')}</main></body></html>`
}
