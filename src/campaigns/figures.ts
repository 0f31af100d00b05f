// What a campaign is measured by, and the links of its pages. Pure; the web loads it.
import { CHANNEL_NAMES } from '../channels/model.ts'

export const CAMPAIGN_MEASURES = ['reached', 'participants', 'rate', 'revenue', 'goal'] as const

/** The page as messages of this channel should link to it. What the address says itself stays.
 *  @throws TypeError when it is no address */
export function withUtm(url: string, channel: string, code: string): string {
  const made = new URL(url)
  const utm = { utm_source: channel, utm_medium: 'message', utm_campaign: code }
  for (const [name, value] of Object.entries(utm))
    if (!made.searchParams.has(name)) made.searchParams.set(name, value)
  return made.toString()
}

/** Of every page for every channel. */
export const linksOf = (
  pages: readonly { label: string; url: string }[],
  code: string,
): { label: string; channel: string; url: string }[] =>
  pages.flatMap(({ label, url }) =>
    CHANNEL_NAMES.map(channel => ({ label, channel, url: withUtm(url, channel, code) })),
  )
