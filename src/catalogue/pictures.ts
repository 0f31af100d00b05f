// Pictures of products: taken in as the body of one request, known by their content and not by their name, and served to
// everybody under an address that cannot be guessed without the picture, because messages show them.
import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { imageSize } from 'image-size'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Access } from '../platform/http/access.ts'
import { actorOf } from '../platform/http/handler.ts'
import { answerError } from '../platform/http/problem.ts'
import type { HttpEnv } from '../platform/http/router.ts'
import { seatAt } from '../platform/http/seat.ts'
import { hashId, parseId, publicId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

const MOST_BYTES = 5 * 1024 * 1024
/** of all pictures of a workspace */
const MOST_BYTES_ALL = 1024 * 1024 * 1024
const MOST_SIDE = 8_000

/** What every mail program and LINE show; by what the file begins with. No SVG: it may hold scripts. */
const TYPES = { png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp', gif: 'image/gif' } as const
type PictureType = keyof typeof TYPES
const isType = (name: string | undefined): name is PictureType =>
  name !== undefined && Object.hasOwn(TYPES, name)

type Picture = { id: Uuid; type: PictureType; width: number; height: number; bytes: Buffer }

const ACTION = 'Choose a PNG, JPEG, WebP or GIF picture of at most 5 MB and 8,000 pixels a side.'
const refused = (status: number, code: string, title: string): Problem =>
  new Problem(status, code, title, { path: 'body', action: ACTION })

/** @throws Problem 400 `no_picture`, `picture_too_large` */
function readPicture(workspace: Uuid, bytes: Buffer): Picture {
  let found: ReturnType<typeof imageSize>
  try {
    found = imageSize(bytes)
  } catch {
    throw refused(400, 'no_picture', 'The file is not a picture, or it is broken')
  }
  const { type, width, height } = found
  if (!isType(type))
    throw refused(400, 'no_picture', `Pictures of the kind ${type} cannot be shown everywhere`)
  if (Math.max(width, height) > MOST_SIDE)
    throw refused(400, 'picture_too_large', `The picture is ${width} × ${height} pixels`)
  const id = hashId(workspace, createHash('sha256').update(bytes).digest('hex'))
  return { id, type, width, height, bytes }
}

/** Keeps a picture; one that is there already stays as it is.
 *  @throws Problem 409 `pictures_full` */
async function keepPicture(sql: Sql, workspace: Uuid, picture: Picture, actor: string): Promise<void> {
  const { rows } = await sql.query<{ all: number }>(
    'select coalesce(sum(size), 0)::bigint as all from picture where workspace_id = $1 and id <> $2',
    [workspace, picture.id],
  )
  if (rows[0]!.all + picture.bytes.length > MOST_BYTES_ALL)
    throw new Problem(409, 'pictures_full', 'This workspace keeps 1 GB of pictures already', {
      action: 'Give the address of a picture that is on the web instead.',
    })
  await sql.query(
    `insert into picture (workspace_id, id, type, width, height, size, bytes, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [
      workspace,
      picture.id,
      picture.type,
      picture.width,
      picture.height,
      picture.bytes.length,
      picture.bytes,
      actor,
    ],
  )
}

async function findPicture(sql: Sql, id: Uuid, type: PictureType): Promise<Buffer | null> {
  const { rows } = await sql.query<{ bytes: Buffer }>(
    'select bytes from picture where id = $1 and type = $2',
    [id, type],
  )
  return rows[0]?.bytes ?? null
}

type Ctx = Context<HttpEnv>

/** `POST /api/w/{ws}/pictures` with the file as its body, and `GET /pictures/{picture}.{type}`. */
export function pictureApp(core: Core, access: Access): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  const tooLarge = (c: Ctx): Response =>
    fail(c, refused(413, 'picture_too_large', 'The picture has more than 5 MB'))
  const fail = (c: Ctx, error: unknown): Response => {
    const response = answerError(error, c.get('requestId'), c.get('route') ?? '/pictures', core.log)
    if (c.req.method === 'POST') response.headers.set('connection', 'close') // the rest of the body is not read
    return response
  }

  app.post(
    '/api/w/:ws/pictures',
    bodyLimit({ maxSize: MOST_BYTES, onError: c => tooLarge(c as Ctx) }),
    async c => {
      const { workspace, caller } = await seatAt(core, access, c, 'pictures', 'catalogue:write')
      const picture = readPicture(workspace.id, Buffer.from(await c.req.arrayBuffer()))
      await keepPicture(core.pool, workspace.id, picture, actorOf(caller))
      const id = publicId('pic', picture.id)
      const detail = { type: picture.type, bytes: picture.bytes.length }
      await access.record({
        workspace: workspace.id,
        caller,
        action: 'uploadPicture',
        kind: 'changed',
        target: id,
        detail,
      })
      const { type, width, height } = picture
      return c.json({ id, url: `${core.baseUrl}/pictures/${id}.${type}`, type, width, height }, 201)
    },
  )

  app.get('/pictures/:file', async c => {
    c.set('route', '/pictures/{file}')
    const [name = '', type] = c.req.param('file').split('.')
    const id = parseId('pic', name)
    const bytes = id !== null && isType(type) ? await findPicture(core.pool, id, type) : null
    if (bytes === null || !isType(type)) return c.notFound()
    return c.body(new Uint8Array(bytes), 200, {
      'content-type': TYPES[type],
      'cache-control': 'public, max-age=31536000, immutable',
      // whatever else the bytes might be read as: a picture, and nothing that runs
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'cross-origin',
    })
  })

  app.onError((error, c) => fail(c, error))
  return app
}
