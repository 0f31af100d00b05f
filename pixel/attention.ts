// How long a page really had somebody's attention: visible, and within half a minute of a sign of life. No timers: each
// sign adds the time since the last one.
export type PageShown = { url: string; path: string; title: string }

export type Attention = {
  begin(page: PageShown): void
  /** The page became visible again. */
  resume(): void
  /** The page is left or hidden: tells what has gathered since it was last told. */
  end(): void
}

const ACTIVE_MS = 30_000
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'scroll', 'touchstart']

/** `tell` gets whole seconds, at least one; a page shown again later is told again, with what came on top. */
export function openAttention(tell: (seconds: number, page: PageShown) => void): Attention {
  let page: PageShown | undefined
  let engagedMs = 0
  let since = 0

  const visible = () => document.visibilityState === 'visible'
  const mark = () => {
    const now = performance.now()
    if (since) engagedMs += Math.min(now - since, ACTIVE_MS)
    since = now
  }
  for (const sign of SIGNS)
    addEventListener(sign, () => page && visible() && mark(), { passive: true, capture: true })

  return {
    begin(shown) {
      page = shown
      engagedMs = 0
      since = visible() ? performance.now() : 0
    },
    resume() {
      since = performance.now()
    },
    end() {
      if (since) mark()
      since = 0
      const seconds = Math.round(engagedMs / 1000)
      if (!page || seconds < 1) return
      engagedMs = 0
      tell(seconds, page)
    },
  }
}
