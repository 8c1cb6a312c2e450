import { browserHeaders } from './browser-headers.ts'
import type { LoadRoute } from './commands.ts'
import type { RequestText } from './connection.ts'

/** A GET as a browser writes it. */
export const browserRequest = (url: URL): RequestText =>
  requestText({ method: 'GET', path: url.pathname + url.search, weight: 1, headers: browserHeaders }, url.host)

/** A request with the headers of the route, and no others but those that it needs. */
export function requestText({ method, path, headers = {}, body }: LoadRoute, host: string): RequestText {
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...(names.includes('host') ? [] : [`Host: ${host}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
  ]
  return { bytes: Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`), toHead: method === 'HEAD' }
}
