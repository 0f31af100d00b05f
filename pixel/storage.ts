// Where the pixel keeps what must outlive a page: localStorage, else first-party cookies, else the page's memory.
// Keys carry the write key, so that two sources on one origin never share a person.

export type Store = {
  get(key: string): string | null
  set(key: string, value: string): void
  remove(key: string): void
  /** keys starting with `prefix`; what lives in cookies is not listed, for queues are never kept there */
  keys(prefix: string): string[]
  /** false: only small values survive (cookies), so queues stay in memory */
  roomy: boolean
}

const YEAR_S = 31_536_000

function localStore(): Store | null {
  try {
    const s = window.localStorage
    s.setItem('itinera', '1')
    s.removeItem('itinera')
    return {
      roomy: true,
      get: key => s.getItem(key),
      set(key, value) {
        try {
          s.setItem(key, value)
        } catch (error) {
          // a full store loses only what a closed page could have kept; the page's own queue still sends
          console.debug('itinera: not stored', error)
        }
      },
      remove: key => s.removeItem(key),
      keys: prefix => Object.keys(s).filter(k => k.startsWith(prefix)),
    }
  } catch (error) {
    console.debug('itinera: no localStorage, using cookies', error)
    return null
  }
}

function cookieStore(): Store {
  const name = (key: string) => encodeURIComponent(key)
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  const write = (key: string, value: string, maxAge: number) => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing where this fallback is needed
    document.cookie = `${name(key)}=${encodeURIComponent(value)}; Path=/; Max-Age=${maxAge}; SameSite=Lax${secure}`
  }
  return {
    roomy: false,
    get(key) {
      const part = document.cookie.split('; ').find(c => c.startsWith(name(key) + '='))
      return part ? decodeURIComponent(part.slice(name(key).length + 1)) : null
    },
    set: (key, value) => write(key, value, YEAR_S),
    remove: key => write(key, '', 0),
    keys: () => [],
  }
}

export const openStore = (): Store => localStore() ?? cookieStore()
