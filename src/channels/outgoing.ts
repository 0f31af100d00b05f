// Outgoing addresses are safe by default: no private, loopback or link-local address is connected to unless the
// account is trusted. The check is made on the address that is connected to, so a name cannot change under it.
import { lookup as resolveName, type LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

const inner = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  inner.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inner.addSubnet(net, bits, 'ipv6')

/** What the account's page says; the messages wait until it is mended. */
export const FORBIDDEN_TEXT = 'The address is private. Set ALLOW_PRIVATE_URLS=1 to allow such addresses.'

export class ForbiddenAddress extends Error {
  override name = 'ForbiddenAddress'
  readonly code = 'EFORBIDDEN'
}

/** True for an address that only this machine or its network reaches; IPv4 in IPv6 is looked at as IPv4. */
export function isInner(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  const family = isIP(plain)
  if (family === 0) return true
  return inner.check(plain, family === 6 ? 'ipv6' : 'ipv4')
}

/** For `lookup` of sockets: refuses inner addresses. */
export const safeLookup: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    if (error) return callback(error, '', 0)
    if (found.length === 0 || found.some(a => isInner(a.address)))
      return callback(new ForbiddenAddress(`${hostname} is not a public address`), '', 0)
    if (options.all) return callback(null, found)
    callback(null, found[0]!.address, found[0]!.family)
  })
}

/** The address to connect to for a host name. @throws ForbiddenAddress, or the error of the name's lookup */
export async function safeAddress(host: string, trusted: boolean): Promise<string> {
  if (isIP(host)) {
    if (!trusted && isInner(host)) throw new ForbiddenAddress(`${host} is not a public address`)
    return host
  }
  if (trusted) return host
  return new Promise((resolve, reject) =>
    safeLookup(host, { all: false }, (error, address) =>
      error ? reject(error) : resolve(address as string),
    ),
  )
}
