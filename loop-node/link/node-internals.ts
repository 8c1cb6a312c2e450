import { IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * The parts of node:http that its own parser works with and its documentation does not name. Each is the same in Node 20
 * and 24; the tests of the link run on both.
 */

export interface Incoming extends IncomingMessage {
  upgrade: boolean | null
  joinDuplicateHeaders: boolean
  _consuming: boolean
  _dumped: boolean
  readonly _readableState: { readonly resumeScheduled: boolean }
  _addHeaderLines(lines: string[], count: number): void
  _dump(): void
}

export interface Outgoing extends ServerResponse {
  readonly _last: boolean
  _keepAliveTimeout: number
  _expect_continue: boolean
  _closed: boolean
  socket: Socket | null
  destroyed: boolean
}

/** What Node's parser takes from a server for each request. */
export interface MessageParts {
  readonly Incoming: new (socket: Socket) => Incoming
  readonly Outgoing: new (req: IncomingMessage, options: object) => Outgoing
  readonly options: object
  /** Where a response bears the names that a server created with `uniqueHeaders` sends once at most; undefined for others. */
  readonly uniqueKey: symbol | undefined
  readonly unique: unknown
}

export function messageParts(server: Server): MessageParts {
  const all = server as unknown as Readonly<Record<symbol, unknown>>
  const own = (name: string): unknown => all[symbolOf(server, name) ?? Symbol()]
  const unique = own('kUniqueHeaders')
  const { highWaterMark, rejectNonStandardBodyWrites } = server as unknown as Readonly<Record<string, unknown>>
  return {
    Incoming: (own('IncomingMessage') ?? IncomingMessage) as MessageParts['Incoming'],
    Outgoing: (own('ServerResponse') ?? ServerResponse) as MessageParts['Outgoing'],
    options: { highWaterMark, rejectNonStandardBodyWrites: rejectNonStandardBodyWrites ?? false },
    uniqueKey: unique ? symbolOf(server, 'kUniqueHeaders') : undefined,
    unique,
  }
}

const anIncoming = new IncomingMessage(undefined as unknown as Socket)
const anOutgoing = new ServerResponse(anIncoming)

/** On a response: that `drain` is owed to whoever writes to it. */
export const needDrain: symbol = symbolOf(anOutgoing, 'kNeedDrain') ?? Symbol()

/** On a request, in later versions of Node 24: what parts its `signal` from the socket. */
export const detachSignal: symbol | undefined = symbolOf(IncomingMessage.prototype, 'kDetachAbortSignal')

function symbolOf(object: object, name: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find(({ description }) => description === name)
}
