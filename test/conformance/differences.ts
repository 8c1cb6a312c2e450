import { expect } from 'vitest'

import type { LaneName } from './targets.ts'
import type { ComparableAnswer } from './transcript.ts'

export interface Difference {
  readonly lanes: readonly LaneName[]
  readonly app: string
  readonly cases: readonly string[]
  readonly why: string
  /** From an entry of the bare app's transcript, what the lane's must be. */
  readonly instead: (bare: unknown) => unknown
}

const both: readonly LaneName[] = ['http', 'link']

/** Changes these parts of an answer. */
const but =
  (parts: Partial<Record<keyof ComparableAnswer, unknown>>) =>
  (bare: unknown): unknown => ({ ...(bare as ComparableAnswer), ...parts })

const withLength = (bare: unknown): unknown => {
  const { interim: _never, ...answer } = bare as ComparableAnswer
  if (answer.framing !== 'close') return answer
  return { ...answer, framing: 'length', fields: [...answer.fields, expect.stringMatching(/^Content-Length: \d+$/)] }
}

const loopFailed = {
  status: 'HTTP/1.1 502 Bad Gateway',
  fields: [expect.stringMatching(/^content-type: application\/json; charset=utf-8$/i), expect.stringMatching(/^content-length: \d+$/i)],
  framing: 'length',
  body: [expect.stringContaining('"error":"LOOP_FAILED"')],
  persistent: true,
}

const app = 'node-http'
const joined = 'http-proxy sends req.headers, where names are in lower case and repeated fields are joined'
const keeps = 'the client’s connection is the balancer’s to keep: it loses nothing when the app ends its own'
const lengthZero = 'the http lane sends Content-Length: 0 for them, as RFC 9110 8.6 asks; the link lane leaves rare methods to it'
const toldLengthZero = but({ body: expect.arrayContaining(['  "content-length": "0",']), fields: expect.anything() })
const old = 'the loop is asked in HTTP/1.1, so Node tells it the length of a body that the app ended at once'

/** The cases that a lane answers otherwise, on purpose: each says how, and is tested to be still so. */
export const differences: readonly Difference[] = [
  {
    lanes: ['http'],
    app,
    cases: ['repeated request headers, each by itself'],
    why: joined,
    instead: but({ body: expect.arrayContaining([`  "one, two"`]), fields: expect.anything() }),
  },
  {
    lanes: ['http'],
    app,
    cases: ['request headers in the order and spelling sent'],
    why: joined,
    instead: but({ body: ['host: conformance.test', 'x-b: 1, 3', 'x-a: 2', 'accept: */*'], fields: ['Content-Length: 51'] }),
  },
  { lanes: ['http'], app, cases: ['methods that say nothing of their body'], why: lengthZero, instead: toldLengthZero },
  { lanes: both, app, cases: ['rare methods that say nothing of their body'], why: lengthZero, instead: toldLengthZero },
  {
    lanes: ['http'],
    app,
    cases: ['the address of the client'],
    why: 'the loop’s socket is the balancer’s; x-forwarded-for names the client',
    instead: but({ body: ['{"encrypted":false,"hasPort":false}'], fields: ['Content-Length: 35'] }),
  },
  {
    lanes: ['http'],
    app,
    cases: ['fields of the connection'],
    why: 'Upgrade is of one connection, and the balancer offers no other protocol (RFC 9110 7.8)',
    instead: but({ fields: ['Proxy-Authenticate: Basic realm="a"', 'Via: 1.1 app', 'X-Kept: 1'] }),
  },
  {
    lanes: ['http'],
    app,
    cases: [
      'Connection: close from the app',
      'an answer after which the app keeps no connection',
      'an answer written to the socket by hand',
    ],
    why: keeps,
    instead: but({ persistent: true }),
  },
  {
    lanes: ['http'],
    app: 'fastify-core',
    cases: [
      'bodies that are refused',
      'too large a body, announced',
      'too large a body, in chunks',
      'handlers of errors and of what is not there',
    ],
    why: keeps,
    instead: but({ persistent: true }),
  },
  { lanes: both, app, cases: ['HTTP/1.0 and a body without a length'], why: old, instead: withLength },
  {
    lanes: both,
    app,
    cases: ['HTTP/1.0 and early hints'],
    why: `${old}; and RFC 9110 15.2 forbids 1xx to such a client`,
    instead: withLength,
  },
  {
    lanes: both,
    app,
    cases: ['a connection dropped without an answer'],
    why: 'the balancer owes every request an answer',
    instead: () => loopFailed,
  },
  {
    lanes: both,
    app,
    cases: ['a client that ends its side behind the request'],
    why: 'such a client still reads (RFC 9112 9.6), and the balancer answers it; Node hangs up on it',
    instead: () => ({
      status: 'HTTP/1.1 200 OK',
      fields: ['Content-Length: 10'],
      framing: 'length',
      body: ['slow half', ''],
      persistent: true,
    }),
  },
  {
    lanes: both,
    app: 'fastify-plugins',
    cases: ['websocket: refused by the app'],
    why: 'Node lets go of a connection that asks for an upgrade, so it ends with the refusal',
    instead: but({ persistent: false }),
  },
]

export const differenceOf = (lane: LaneName, app: string, name: string): Difference | undefined =>
  differences.find((each) => each.lanes.includes(lane) && each.app === app && each.cases.includes(name))
