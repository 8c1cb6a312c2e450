/** What a program asked its server to listen on. */
interface AskedAddress {
  readonly port?: number | undefined
  readonly host?: string | undefined
  readonly path?: string | undefined
}

/** Reads the arguments of `server.listen()`, in all the forms that net accepts. */
export function askedAddress(args: readonly unknown[]): AskedAddress {
  const [first, second] = args
  if (typeof first === 'object' && first !== null) {
    const { port, host, path } = first as { port?: unknown; host?: unknown; path?: unknown }
    if (typeof path === 'string' && port === undefined) return { path }
    return { port: Number(port ?? 0), host: typeof host === 'string' ? host : undefined }
  }
  if (typeof first === 'string' && !/^\d+$/.test(first.trim())) return { path: first }
  const port = typeof first === 'number' || typeof first === 'string' ? Number(first) : 0
  return { port, host: typeof second === 'string' ? second : undefined }
}

/** What `server.address()` tells a program that believes to listen where it asked to. */
export function pretendedAddress(
  asked: AskedAddress,
  known: { host: string; port: number } | undefined,
): string | { address: string; family: string; port: number } {
  if (asked.path !== undefined) return asked.path
  const host = known?.host ?? asked.host ?? '127.0.0.1'
  const address = host === 'localhost' ? '127.0.0.1' : host
  return { address, family: address.includes(':') ? 'IPv6' : 'IPv4', port: known?.port ?? asked.port ?? 0 }
}
