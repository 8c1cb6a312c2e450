import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'

/** One request as Node's strict parser reads it. */
export interface NodeRequest {
  readonly req: IncomingMessage
  readonly expectsContinue: boolean
  /** Whether the connection may serve another request. */
  readonly keepsAlive: boolean
  /** As Latin-1 text; only what has come where the request is not complete. */
  body: string
}

export interface NodeReading {
  readonly requests: readonly NodeRequest[]
  /** The code of what the parser refused. */
  readonly refused: string | undefined
}

/** The bytes of one connection as `node:http` reads them, with the settings of the http lane but without its limits. */
export async function readByNode(bytes: Buffer): Promise<NodeReading> {
  const requests: NodeRequest[] = []
  let refused: string | undefined
  const server = http.createServer({ maxHeaderSize: 1 << 20, insecureHTTPParser: false, requireHostHeader: true })
  server.maxHeadersCount = 0
  const read = (req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): void => {
    const request: NodeRequest = { req, expectsContinue, keepsAlive: res.shouldKeepAlive, body: '' }
    requests.push(request)
    req.setEncoding('latin1')
    req.on('data', (text: string) => (request.body += text))
    req.on('error', () => {})
    // Else Node would stop reading behind it.
    req.on('end', () => res.end())
  }
  server.on('request', (req, res) => read(req, res, false))
  server.on('checkContinue', (req, res) => read(req, res, true))
  server.on('checkExpectation', () => (refused = 'EXPECTATION'))
  server.on('upgrade', () => (refused = 'UPGRADE'))
  server.on('clientError', (error: NodeJS.ErrnoException) => (refused ??= error.code ?? error.message))
  const wire = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() })
  server.emit('connection', wire)
  wire.push(bytes)
  // No time passes here: the bytes are there, and all that follows from them happens before the next turn but one.
  await setImmediate()
  await setImmediate()
  wire.destroy()
  return { requests, refused }
}
