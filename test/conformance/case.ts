import { readAnswer, type Answer, type Field, type Watch } from './answer.ts'
import { Wire } from './wire.ts'

/** A request as bytes are made of it; `Host` comes first and the framing last. */
export interface Ask {
  readonly method?: string
  readonly path: string
  /** As sent: order, spelling and repetition stay. */
  readonly fields?: readonly Field[]
  readonly body?: string | Buffer
  /** Sends the body in these pieces, chunked. */
  readonly chunks?: readonly (string | Buffer)[]
  readonly trailers?: readonly Field[]
  readonly version?: '1.0' | '1.1'
}

/** What a case may do with one target. Its connections are closed when the case is over. */
export interface Client {
  readonly port: number
  connect(): Promise<Wire>
  /** Sends one request on a connection of its own. */
  ask(ask: Ask, watch?: Watch): Promise<Answer>
  /** Lets the app go on behind the gate that it waits at. */
  open(gate: string): Promise<void>
}

/** One thing that clients do, and the statuses that a bare app answers it with. */
export interface Case {
  readonly name: string
  /** Of the answers in the transcript, in their order: a case that fails everywhere alike proves nothing. */
  readonly statuses: readonly number[]
  readonly run: (client: Client) => Promise<readonly unknown[]>
}

/** These requests one after the other, each on its own connection. */
export function asks(name: string, ...all: readonly (readonly [status: number, ask: Ask | string])[]): Case {
  return {
    name,
    statuses: all.map(([status]) => status),
    run: async (client) => {
      const answers: Answer[] = []
      for (const [, ask] of all) answers.push(await client.ask(typeof ask === 'string' ? { path: ask } : ask))
      return answers
    },
  }
}

/** Something that takes more than requests one after the other. */
export const scene = (name: string, statuses: readonly number[], run: Case['run']): Case => ({ name, statuses, run })

/** A JSON body with its type. */
export const json = (path: string, value: unknown, method = 'POST'): Ask => ({
  method,
  path,
  fields: [['Content-Type', 'application/json']],
  body: JSON.stringify(value),
})

const limitMs = 10_000

export const host = 'conformance.test'

export function bytesOf(ask: Ask): Buffer {
  const { method = 'GET', path, fields = [], body, chunks, trailers = [], version = '1.1' } = ask
  const lines = [`${method} ${path} HTTP/${version}`, `Host: ${host}`, ...fields.map(([name, value]) => `${name}: ${value}`)]
  if (chunks !== undefined) lines.push('Transfer-Encoding: chunked')
  else if (body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body)}`)
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  if (chunks === undefined) return body === undefined ? head : Buffer.concat([head, Buffer.from(body)])
  const pieces = chunks.flatMap((chunk) => [`${Buffer.byteLength(chunk).toString(16)}\r\n`, chunk, '\r\n'])
  const end = ['0\r\n', ...trailers.map(([name, value]) => `${name}: ${value}\r\n`), '\r\n']
  return Buffer.concat([head, ...[...pieces, ...end].map((piece) => Buffer.from(piece))])
}

/** Opens a client for one case on one target. */
export function clientFor(port: number): Client & { close(): void } {
  const wires: Wire[] = []
  const connect = async (): Promise<Wire> => {
    const wire = await Wire.connect(port)
    wires.push(wire)
    return wire
  }
  const ask = async (one: Ask, watch?: Watch): Promise<Answer> => {
    const wire = await connect()
    wire.send(bytesOf(one))
    const answer = await readAnswer(wire, one.method ?? 'GET', watch)
    wire.destroy()
    return answer
  }
  return {
    port,
    connect,
    ask,
    open: async (gate) => void (await ask({ method: 'POST', path: `/gates/${gate}` })),
    close: () => {
      for (const wire of wires) wire.destroy()
    },
  }
}

/** Waits for pieces of a body while it is read. */
export class Arriving {
  #soFar = ''
  #wake: (() => void) | undefined
  readonly watch: Watch = (body) => {
    this.#soFar = body.toString('latin1')
    this.#wake?.()
  }

  async until(text: string): Promise<void> {
    while (!this.#soFar.includes(text)) await inTime(new Promise<void>((resolve) => (this.#wake = resolve)), JSON.stringify(text))
  }
}

/** Rejects where the promise takes longer than anything here can. */
export async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${limitMs} ms for ${what}`)), limitMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
