// Security headers. A part that needs others (the shop, which our own pages frame) sets its own and keeps them.

/** `inline`: CSP sources of the web app's own inline scripts. Styles are inline because the component library
 *  writes them; pictures may come from any https address, because messages show the brand's own. */
export const contentSecurityPolicy = (inline: string[]): string =>
  [
    "default-src 'self'",
    ["script-src 'self'", ...inline].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob: https:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "frame-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
  ].join('; ')

/** Adds those that the answer does not set itself. `https`: browsers shall come by https only, for a year. */
export function addSecurityHeaders(headers: Headers, csp: string, https: boolean): void {
  const set = (name: string, value: string) => {
    if (!headers.has(name)) headers.set(name, value)
  }
  set('content-security-policy', csp)
  set('x-content-type-options', 'nosniff')
  set('referrer-policy', 'strict-origin-when-cross-origin')
  set('cross-origin-opener-policy', 'same-origin')
  set('permissions-policy', 'camera=(), microphone=(), geolocation=()')
  if (https) set('strict-transport-security', 'max-age=31536000')
}

/** Of pages behind links in messages: no script, no frame, nothing kept, found by no search engine. */
export const LINK_PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
  'cache-control': 'no-store',
}
