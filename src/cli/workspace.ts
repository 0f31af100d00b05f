// itinera workspace, key, user: what the screens do too, for scripts and for those locked out.
import type { Command } from 'commander'
import { COUNTRY_CODES, type Country } from '../catalogue/countries.ts'
import { insertKey, presentKey } from '../catalogue/keys.ts'
import {
  createWorkspace,
  findWorkspace,
  presentWorkspace,
  type WorkspaceSummary,
  listWorkspaces,
} from '../catalogue/workspace.ts'
import { SCOPES, type Scope } from '../contract.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { parseId, publicId, type Uuid } from '../platform/ids.ts'
import { recordAudit } from '../team/audit.ts'
import { createUserLink } from '../team/links.ts'
import { findUserByEmail, firstOwner } from '../team/store.ts'
import { withInstallation } from './open.ts'
import { answer } from './output.ts'

type Json = { json?: boolean }

/** By id, or by a name that only one has. @throws Problem */
export async function workspaceNamed(core: Core, text: string): Promise<WorkspaceSummary> {
  const id = parseId('wsp', text)
  const found = (await listWorkspaces(core.pool)).filter(w => (id ? w.id === id : w.name === text))
  if (found.length === 1) return found[0]!
  throw new Problem(
    404,
    'no_workspace',
    found.length === 0 ? `There is no workspace ${text}` : `${found.length} workspaces are named ${text}`,
    { action: '`itinera workspace list` shows their ids.' },
  )
}

/** Who owns what is made here: the one named, else the first owner there is, else whoever signs in first. */
export async function ownerFor(core: Core, email: string | undefined): Promise<Uuid | undefined> {
  if (email === undefined) return (await firstOwner(core.pool)) ?? undefined
  const user = await findUserByEmail(core.pool, email)
  if (user) return user.id
  throw new Problem(404, 'no_user', `Nobody has the address ${email}`, {
    action: 'Invite this person first, or leave --owner out.',
  })
}

export const audit = (
  core: Core,
  workspace: Uuid | null,
  action: string,
  target: string | null = null,
): Promise<void> => recordAudit(core.pool, { workspace, actor: 'cli', action, target })

const kindOf = (text: string): 'live' | 'sandbox' => {
  if (text === 'live' || text === 'sandbox') return text
  throw new Problem(400, 'invalid', `--kind ${text} is not a kind of workspace`, {
    action: 'Use live or sandbox.',
  })
}

const localeOf = (text: string): 'zh-TW' | 'en' => {
  if (text === 'zh-TW' || text === 'en') return text
  throw new Problem(400, 'invalid', `--locale ${text} is not a language of the product`, {
    action: 'Use zh-TW or en.',
  })
}

const countryOf = (text: string): Country => {
  const country = COUNTRY_CODES.find(code => code === text)
  if (country) return country
  throw new Problem(400, 'invalid', `--country ${text} is not a country that is known here`, {
    action: `Use one of ${COUNTRY_CODES.join(', ')}; the time zone can be changed later.`,
  })
}

export function addWorkspaceCommands(program: Command): void {
  const workspace = program.command('workspace').description('Workspaces: one for each brand')
  workspace
    .command('create <name>')
    .description(
      'New workspace; prints its id, a write key and an API key with every scope (shown this once)',
    )
    .option('--kind <kind>', 'live, or sandbox with stand-in providers and a clock of its own', 'live')
    .option('--locale <locale>', 'language of the brand, zh-TW or en', 'zh-TW')
    .option('--country <country>', `time zone and currency: ${COUNTRY_CODES.join(', ')}`, 'TW')
    .option('--owner <email>', 'team user who becomes its owner (default: the first owner there is)')
    .option('--json', 'one line of JSON')
    .action(
      (name: string, options: Json & { kind: string; locale: string; country: string; owner?: string }) =>
        withInstallation(async ({ core }) => {
          const owner = await ownerFor(core, options.owner)
          const made = await createWorkspace(core, {
            name,
            kind: kindOf(options.kind),
            locale: localeOf(options.locale),
            country: countryOf(options.country),
            ...(owner ? { owner } : {}),
          })
          await audit(core, made.id, 'createWorkspace')
          const row = (await findWorkspace(core.pool, made.id))!
          const value = {
            workspace: presentWorkspace(row),
            id: publicId('wsp', made.id),
            writeKey: made.writeKey,
            apiKey: made.apiKey,
            url: core.baseUrl,
          }
          answer(
            options.json === true,
            value,
            `Workspace  ${value.id}  ${name} (${row.kind})\nWrite key  ${made.writeKey}\nAPI key    ${made.apiKey}  (shown this once)`,
          )
        }),
    )
  workspace
    .command('list')
    .description('All workspaces')
    .option('--json', 'one line of JSON')
    .action((options: Json) =>
      withInstallation(async ({ core }) => {
        const all = (await listWorkspaces(core.pool)).map(w => ({ ...w, id: publicId('wsp', w.id) }))
        answer(
          options.json === true,
          { workspaces: all },
          all.map(w => `${w.id}  ${w.kind.padEnd(7)}  ${w.name}`).join('\n') || 'None yet.',
        )
      }),
    )
}

export function addKeyCommands(program: Command): void {
  program
    .command('key')
    .description('Keys of a workspace')
    .command('create')
    .description('New key, shown this once')
    .requiredOption('--workspace <id>', 'id or name')
    .option('--kind <kind>', 'write (intake) or api', 'api')
    .option('--name <name>', 'to tell it from others', 'Command line')
    .option('--scopes <list>', 'comma-separated scopes of an API key (default: all)')
    .option('--demand-token', 'a write key whose events may name a user only with a signed token')
    .option('--json', 'one line of JSON')
    .action(
      (
        options: Json & {
          workspace: string
          kind: string
          name: string
          scopes?: string
          demandToken?: boolean
        },
      ) =>
        withInstallation(async ({ core }) => {
          if (options.kind !== 'write' && options.kind !== 'api')
            throw new Problem(400, 'invalid', `--kind ${options.kind} is not a kind of key`, {
              action: 'Use write or api.',
            })
          const scopes = options.scopes?.split(',').map(s => s.trim()) ?? [...SCOPES]
          const unknown = scopes.filter(s => !SCOPES.includes(s as Scope))
          if (unknown.length > 0)
            throw new Problem(400, 'invalid', `Unknown scopes: ${unknown.join(', ')}`, {
              action: `Scopes are ${SCOPES.join(', ')}.`,
            })
          const { id } = await workspaceNamed(core, options.workspace)
          const made = await insertKey(core.pool, id, {
            kind: options.kind,
            name: options.name,
            scopes: scopes as Scope[],
            demandToken: options.demandToken === true,
          })
          await audit(core, id, 'createKey', publicId('key', made.row.id))
          answer(options.json === true, { ...presentKey(made.row), key: made.key }, made.key)
        }),
    )
}

export function addUserCommands(program: Command): void {
  program
    .command('user')
    .description('Team users')
    .command('link <email>')
    .description('A fresh one-time sign-in link, valid for an hour; with it a new password can be set')
    .option('--json', 'one line of JSON')
    .action((email: string, options: Json) =>
      withInstallation(async ({ core }) => {
        const path = await createUserLink(core, email)
        if (!path)
          throw new Problem(404, 'no_user', `Nobody has the address ${email}`, {
            action: 'Check the spelling; new people are invited under Settings.',
          })
        await audit(core, null, 'createUserLink')
        answer(options.json === true, { link: core.baseUrl + path }, core.baseUrl + path)
      }),
    )
}
