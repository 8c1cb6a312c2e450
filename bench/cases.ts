/** What is asked of a contestant. */
export interface Case {
  readonly name: string
  readonly path: string
  readonly connections: number
  /** Eleven header fields as a browser sends them, or none but Host. */
  readonly headers: 'browser' | 'none'
  readonly post?: { readonly bytes: number; readonly type: string }
  /** Each request on a connection of its own. */
  readonly close?: boolean
  /**
   * `wrk` opens its connections while it measures; `held` opens them before, so that a case of thousands of them does not
   * measure their opening.
   */
  readonly generator: 'wrk' | 'held'
  /** What the body of the answer must be. */
  readonly answer: string
  /** MB that a request moves, where throughput is worth showing. */
  readonly megabytes?: number
}

const json = '{"hello":"world","items":[1,2,3]}'
const mebibytes10 = 10 * 1024 * 1024

const browser: Case = {
  name: 'small JSON, eleven browser headers, 64 connections',
  path: '/json',
  connections: 64,
  headers: 'browser',
  generator: 'wrk',
  answer: json,
}

/** The same on connections that were open before. */
export const held = (connections: number): Case => ({
  ...browser,
  name: `small JSON, eleven browser headers, ${connections.toLocaleString('en')} connections`,
  connections,
  generator: 'held',
})

/** The route of the mixed app that gives its loop back at once. */
export const light: Case = {
  name: 'a request that waits for 5 ms as for a database',
  path: '/light',
  connections: 64,
  headers: 'browser',
  generator: 'held',
  answer: '{"found":1}',
}

/** And the one that holds it. */
export const blocking: Case = { ...light, name: 'a request that holds its loop', path: '/block', answer: '{"found":2}' }

export const cases = {
  browser,
  oneConnection: { ...browser, name: 'small JSON, eleven browser headers, 1 connection', connections: 1 },
  plain: { ...browser, name: 'small JSON, no headers, 64 connections', headers: 'none' },
  manyConnections: held(1000),
  shortLived: { ...browser, name: 'small JSON, eleven browser headers, a connection for each request', close: true },
  post: {
    name: '1 KiB POST, echoed, 64 connections',
    path: '/echo',
    connections: 64,
    headers: 'browser',
    post: { bytes: 1024, type: 'application/octet-stream' },
    generator: 'wrk',
    answer: 'x'.repeat(1024),
  },
  response64k: {
    name: '64 KiB response, 64 connections',
    path: '/bytes/64k',
    connections: 64,
    headers: 'browser',
    generator: 'wrk',
    answer: 'x'.repeat(64 * 1024),
    megabytes: (64 * 1024) / 1e6,
  },
  response10m: {
    name: '10 MiB response, 4 connections',
    path: '/bytes/10240k',
    connections: 4,
    headers: 'browser',
    generator: 'wrk',
    answer: 'x'.repeat(mebibytes10),
    megabytes: mebibytes10 / 1e6,
  },
  upload10m: {
    name: '10 MiB upload, 4 connections',
    path: '/upload',
    connections: 4,
    headers: 'browser',
    post: { bytes: mebibytes10, type: 'application/x-upload' },
    generator: 'wrk',
    answer: JSON.stringify({ bytes: mebibytes10 }),
    megabytes: mebibytes10 / 1e6,
  },
} as const satisfies Record<string, Case>
