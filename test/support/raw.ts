import net from 'node:net'

/** A TCP client that says exactly the bytes it is told, for what no HTTP client would send. */
export interface RawClient {
  readonly socket: net.Socket
  /** What has arrived, as Latin-1 text. */
  received(): string
  /** True once the server has ended its side. */
  ended(): boolean
  send(bytes: string | Uint8Array): void
  /** Sends a byte each so many milliseconds until the text is sent or the connection is over. */
  drip(text: string, everyMs: number): Promise<void>
  /** Ends the client's side only. */
  halfClose(): void
  /** Resolves with what has arrived when it satisfies the predicate. */
  until(predicate: (received: string) => boolean, limitMs?: number): Promise<string>
  /** Resolves with all that has arrived when the connection is over, ended or reset. */
  closed(limitMs?: number): Promise<string>
  /** Vanishes: resets the connection where the system can. */
  vanish(): void
}

/** Connects to a port of this machine, from another of its addresses where one is given. */
export async function connectRaw(port: number, host = '127.0.0.1', localAddress?: string): Promise<RawClient> {
  const socket = net.connect({ port, host, allowHalfOpen: true, noDelay: true, ...(localAddress === undefined ? {} : { localAddress }) })
  let received = ''
  let ended = false
  let closed = false
  const watchers = new Set<() => void>()
  const notify = (): void => {
    for (const watch of watchers) watch()
  }
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    received += text
    notify()
  })
  socket.on('end', () => {
    ended = true
    notify()
  })
  socket.on('close', () => {
    closed = true
    notify()
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  // A reset is an ending like another; what was received tells the rest.
  socket.on('error', () => {})

  const wait = (what: string, done: () => boolean, limitMs: number): Promise<string> =>
    new Promise((resolve, reject) => {
      const finish = (action: () => void): void => {
        clearTimeout(timer)
        watchers.delete(watch)
        action()
      }
      const watch = (): void => {
        if (done()) finish(() => resolve(received))
      }
      const timer = setTimeout(
        () => finish(() => reject(new Error(`waited ${limitMs} ms for ${what}; received: ${JSON.stringify(received)}`))),
        limitMs,
      )
      watchers.add(watch)
      watch()
    })

  return {
    socket,
    received: () => received,
    ended: () => ended || closed,
    send: (bytes) => void socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    drip: async (text, everyMs) => {
      for (const character of text) {
        if (closed || ended) return
        socket.write(Buffer.from(character, 'latin1'))
        await new Promise((resolve) => setTimeout(resolve, everyMs))
      }
    },
    halfClose: () => void socket.end(),
    until: (predicate, limitMs = 10_000) => wait('an answer', () => predicate(received) || closed, limitMs),
    closed: (limitMs = 10_000) => wait('the end of the connection', () => ended || closed, limitMs),
    vanish: () => void socket.resetAndDestroy(),
  }
}

export interface RawResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Reads one response that is there as a whole; the body is what follows the head. */
export function parseResponse(text: string): RawResponse {
  const end = text.indexOf('\r\n\r\n')
  const [line = '', ...fields] = text.slice(0, Math.max(end, 0)).split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(line)?.[1] ?? Number.NaN)
  const headers: Record<string, string> = {}
  for (const field of fields) {
    const colon = field.indexOf(':')
    headers[field.slice(0, colon).toLowerCase()] = field.slice(colon + 1).trim()
  }
  return { status, headers, body: text.slice(end + 4) }
}

/** Sends these bytes on a connection of their own and returns the answer after which the server closes. */
export async function exchange(port: number, bytes: string, limitMs?: number): Promise<RawResponse> {
  const client = await connectRaw(port)
  try {
    client.send(bytes)
    return parseResponse(await client.closed(limitMs))
  } finally {
    client.socket.destroy()
  }
}
