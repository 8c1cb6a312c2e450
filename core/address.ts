/** Where a loop or a foreign server can be reached: the ADDRESS of the command line. */
export type Address =
  | { readonly lane: 'link' | 'http'; readonly kind: 'unix'; readonly path: string }
  | { readonly lane: 'link' | 'http'; readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly lane: 'link' | 'http'; readonly kind: 'dns'; readonly name: string; readonly port: number }

export const addressForms =
  'link+unix:PATH, link+tcp://HOST:PORT, http+unix:PATH, http://HOST:PORT, dns+link://NAME:PORT or dns+http://NAME:PORT'

// A unix socket's path is limited to 107 bytes and a terminating zero (unix(7)); a longer one is cut silently
// by some systems, so two loops would share a socket.
const maxUnixPathBytes = 107

/** Reads an ADDRESS; undefined where the text is none (the caller knows where it was written). */
export function parseAddress(text: string): Address | undefined {
  const unix = /^(link|http)\+unix:(.+)$/.exec(text)
  if (unix !== null) {
    const path = unix[2]!.replace(/^\/\/(?=\/)/, '')
    return Buffer.byteLength(path) > maxUnixPathBytes ? undefined : { lane: unix[1] as 'link' | 'http', kind: 'unix', path }
  }
  const net = /^(link\+tcp|http|dns\+link|dns\+http):\/\/([^/]+?)\/?$/.exec(text)
  if (net === null) return undefined
  const target = parseHostPort(net[2]!)
  if (target === undefined) return undefined
  const lane = net[1]!.includes('link') ? 'link' : 'http'
  return net[1]!.startsWith('dns')
    ? { lane, kind: 'dns', name: target.host, port: target.port }
    : { lane, kind: 'tcp', host: target.host, port: target.port }
}

/** The inverse of parseAddress. */
export function formatAddress(address: Address): string {
  if (address.kind === 'unix') return `${address.lane}+unix:${address.path}`
  if (address.kind === 'dns') return `dns+${address.lane}://${formatHostPort(address.name, address.port)}`
  return `${address.lane === 'link' ? 'link+tcp' : 'http'}://${formatHostPort(address.host, address.port)}`
}

/** Reads `HOST:PORT`, `[IPV6]:PORT`, `:PORT` or `PORT` (the last two mean 127.0.0.1). */
export function parseHostPort(text: string): { host: string; port: number } | undefined {
  const match = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]*)):)?(\d{1,5})$/.exec(text)
  if (match === null) return undefined
  const port = Number(match[3])
  return port > 65535 ? undefined : { host: match[1] ?? (match[2] || '127.0.0.1'), port }
}

export const formatHostPort = (host: string, port: number): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
