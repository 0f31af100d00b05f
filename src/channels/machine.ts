// Who fetched a link or a picture: a person, or a program that looks at it before the person does, or in their place.
const MACHINE =
  /bot\b|crawl|spider|slurp|preview|facebookexternalhit|headless|curl\/|wget|python-requests|scanner|safelinks|proofpoint|mimecast|barracuda|google-safety|linespider|poker/i

/** Programs that fetch a mail's pictures for a person, or before one looks: Apple's (it says no more than Mozilla/5.0),
 *  Gmail's and Yahoo's proxies. Whether a person has opened the mail cannot be told from them. */
const MAIL_PROXY = /^Mozilla\/5\.0$|GoogleImageProxy|YahooMailProxy|YahooCacheSystem/i

/** A program that says so itself, or says nothing. */
export const isRobot = (agent: string | undefined): boolean => !agent || MACHINE.test(agent)

/** The same, and the proxies of mail providers. */
export const isMachineAgent = (agent: string | undefined): boolean =>
  isRobot(agent) || MAIL_PROXY.test(agent ?? '')
