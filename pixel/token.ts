// User tokens: signed by the brand's server, read here only for whom they name and how long they hold. The intake
// checks the signature.
const PARAM = 'itn_token'

function claimsOf(token: string): { sub?: string; exp?: number } {
  try {
    const bytes = Uint8Array.from(atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/')), c =>
      c.charCodeAt(0),
    )
    return JSON.parse(new TextDecoder().decode(bytes)) as { sub?: string; exp?: number }
  } catch (error) {
    console.debug('itinera: not a user token', error)
    return {}
  }
}

/** An expired token makes the intake refuse the event, so it is not sent along. */
export const isLive = (token: string): boolean => (claimsOf(token).exp ?? 0) * 1_000 > Date.now() + 5_000

/** The token of a signed link (`?itn_token=…` or `#itn_token=…`). Removed from the address in any case, so that it is
 *  not passed on with it. */
export function takeToken(): { token: string; userId: string } | null {
  const here = new URL(location.href)
  const inHash = new URLSearchParams(here.hash.slice(1))
  const token = here.searchParams.get(PARAM) ?? inHash.get(PARAM)
  if (token === null) return null
  here.searchParams.delete(PARAM)
  if (inHash.has(PARAM)) {
    inHash.delete(PARAM)
    here.hash = inHash.toString()
  }
  history.replaceState(history.state, '', here.href)
  const { sub } = claimsOf(token)
  return sub && isLive(token) ? { token, userId: sub } : null
}
