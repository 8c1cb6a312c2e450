import { Ended, type Wire } from './wire.ts'

export type Field = readonly [name: string, value: string]

export interface Head {
  readonly status: number
  readonly reason: string
  readonly version: string
  /** In the order and the spelling sent. */
  readonly fields: readonly Field[]
}

/** One response as the client got it, byte for byte but for its framing, which is told apart. */
export interface Answer extends Head {
  readonly interim: readonly Head[]
  readonly framing: 'length' | 'chunked' | 'close' | 'none'
  readonly body: Buffer
  readonly trailers: readonly Field[]
  /** The connection may be used again. Where not, the server has ended it. */
  readonly persistent: boolean
  /** The connection ended inside the body. */
  readonly cut: boolean
}

/** Called with the body so far, each time that more of it has come. */
export type Watch = (bodySoFar: Buffer) => void

const value = (fields: readonly Field[], name: string): string | undefined => fields.find(([each]) => each.toLowerCase() === name)?.[1]

async function readFields(wire: Wire): Promise<Field[]> {
  const fields: Field[] = []
  for (let text = await wire.line(); text !== ''; text = await wire.line()) {
    const colon = text.indexOf(':')
    fields.push([text.slice(0, colon), text.slice(colon + 1).trim()])
  }
  return fields
}

export async function readHead(wire: Wire): Promise<Head> {
  const start = await wire.line()
  const match = /^HTTP\/(1\.[01]) (\d{3}) ?(.*)$/.exec(start)
  if (match === null) throw new Error(`no status line: ${JSON.stringify(start)}`)
  return { version: match[1]!, status: Number(match[2]), reason: match[3]!, fields: await readFields(wire) }
}

/**
 * Reads the next response to a request with this method.
 * @throws Ended where the connection ends before the whole head is there
 */
export async function readAnswer(wire: Wire, method: string, watch?: Watch): Promise<Answer> {
  const interim: Head[] = []
  let head = await readHead(wire)
  for (; head.status < 200 && head.status !== 101; head = await readHead(wire)) interim.push(head)
  const framing = framingOf(head, method)
  const received = await readBody(wire, head, framing, watch)
  const options = (value(head.fields, 'connection') ?? '').toLowerCase()
  const persistent = framing !== 'close' && !received.cut && !options.includes('close')
  if (!persistent) await wire.ended()
  return { ...head, interim, framing, ...received, persistent }
}

function framingOf(head: Head, method: string): Answer['framing'] {
  if (method === 'HEAD' || head.status === 204 || head.status === 304 || head.status === 101) return 'none'
  if (value(head.fields, 'transfer-encoding') !== undefined) return 'chunked'
  return value(head.fields, 'content-length') === undefined ? 'close' : 'length'
}

async function readBody(
  wire: Wire,
  head: Head,
  framing: Answer['framing'],
  watch: Watch | undefined,
): Promise<Pick<Answer, 'body' | 'trailers' | 'cut'>> {
  const pieces: Buffer[] = []
  const take = async (length: number): Promise<void> => {
    for (let left = length; left > 0;) {
      const piece = await wire.some(left)
      left -= piece.length
      pieces.push(piece)
      watch?.(Buffer.concat(pieces))
    }
  }
  let trailers: Field[] = []
  let cut = false
  try {
    if (framing === 'length') await take(Number(value(head.fields, 'content-length')))
    else if (framing === 'close') await take(Number.POSITIVE_INFINITY)
    else if (framing === 'chunked') {
      for (let size = await chunkSize(wire); size > 0; size = await chunkSize(wire)) {
        await take(size)
        await wire.line()
      }
      trailers = await readFields(wire)
    }
  } catch (error) {
    if (!(error instanceof Ended)) throw error
    cut = framing !== 'close'
  }
  return { body: Buffer.concat(pieces), trailers, cut }
}

async function chunkSize(wire: Wire): Promise<number> {
  const text = await wire.line()
  if (!/^[0-9a-f]+$/i.test(text)) throw new Error(`no chunk size: ${JSON.stringify(text)}`)
  return Number.parseInt(text, 16)
}
