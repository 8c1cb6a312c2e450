import { browserHeaders } from '../browser-headers.ts'

/** A GET as a browser writes it. */
export const requestText = (url: URL): string =>
  [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    ...Object.entries(browserHeaders).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n')
