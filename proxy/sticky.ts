import type { IncomingHttpHeaders } from 'node:http'

import type { Settings } from '../config/schema.ts'

export interface StickyKey {
  /** Undefined where the request has nothing to stick by. */
  readonly key: string | undefined
  /** A `set-cookie` value for the response, for a client that has no cookie yet. */
  readonly setCookie: string | undefined
}

/**
 * What makes a request stick to one loop.
 * @param address the client's address, without its port
 * @param newId makes the value of a missing cookie
 */
export function stickyKey(
  sticky: Settings['sticky'],
  headers: IncomingHttpHeaders,
  address: string | undefined,
  newId: () => string,
): StickyKey {
  switch (sticky.by) {
    case 'address':
      return { key: address, setCookie: undefined }
    case 'header': {
      const value = headers[sticky.name.toLowerCase()]
      return { key: (Array.isArray(value) ? value.join(', ') : value) || undefined, setCookie: undefined }
    }
    case 'cookie': {
      const key = cookieValue(headers.cookie, sticky.name)
      if (key !== undefined) return { key, setCookie: undefined }
      const id = newId()
      return { key: id, setCookie: `${sticky.name}=${id}; Path=/; HttpOnly; SameSite=Lax` }
    }
  }
}

/** The value of the first cookie of that name (RFC 6265 4.2.1); undefined where it is missing or empty. */
function cookieValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined
  for (let start = 0; start < header.length;) {
    const semicolon = header.indexOf(';', start)
    const end = semicolon === -1 ? header.length : semicolon
    while (header[start] === ' ') start += 1
    if (header.startsWith(name, start) && header[start + name.length] === '=') {
      return header.slice(start + name.length + 1, end).trim() || undefined
    }
    start = end + 1
  }
  return undefined
}
