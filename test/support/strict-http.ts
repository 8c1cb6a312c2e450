/** One request as the strict rules of RFC 9112 read it. */
export interface StrictRequest {
  readonly method: string
  readonly target: string
  /** Names in lower case, in the order sent. */
  readonly headers: readonly (readonly [string, string])[]
  /** Without its chunk framing. */
  readonly body: string
  /** False where the connection ended inside the body, which is no request to a server that waits for its end. */
  readonly complete: boolean
}

/** The bytes end before what they announce. */
class Unfinished extends Error {}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/**
 * Reads the bytes of one connection as requests, with one way only to read them.
 * @throws Error naming the first thing that two servers might read differently
 */
export function parseStrictly(bytes: string): StrictRequest[] {
  const requests: StrictRequest[] = []
  let at = 0
  const line = (): string => {
    const end = bytes.indexOf('\r\n', at)
    if (end === -1) throw new Unfinished(`a line without an end: ${JSON.stringify(bytes.slice(at, at + 80))}`)
    const text = bytes.slice(at, end)
    if (/[\r\n\0]/.test(text)) throw new Error(`a control character in ${JSON.stringify(text)}`)
    at = end + 2
    return text
  }
  const fields = (): (readonly [string, string])[] => {
    const found: (readonly [string, string])[] = []
    for (let text = line(); text !== ''; text = line()) {
      const colon = text.indexOf(':')
      const name = text.slice(0, colon)
      if (!token.test(name)) throw new Error(`the field ${JSON.stringify(text)}`)
      found.push([name.toLowerCase(), text.slice(colon + 1).trim()])
    }
    return found
  }
  const take = (length: number): string => {
    if (at + length > bytes.length) throw new Unfinished(`${length} bytes announced, ${bytes.length - at} sent`)
    at += length
    return bytes.slice(at - length, at)
  }
  const chunks = (): string => {
    let body = ''
    for (;;) {
      const size = line()
      if (!/^[0-9a-fA-F]{1,8}$/.test(size)) throw new Error(`the chunk size ${JSON.stringify(size)}`)
      if (Number.parseInt(size, 16) === 0) break
      body += take(Number.parseInt(size, 16))
      if (take(2) !== '\r\n') throw new Error('a chunk longer than it says')
    }
    fields()
    return body
  }
  while (at < bytes.length) {
    const start = line()
    const match = /^([A-Z]+) (\S+) HTTP\/1\.1$/.exec(start)
    if (match === null) throw new Error(`the request line ${JSON.stringify(start)}`)
    const headers = fields()
    const values = (name: string): string[] => headers.filter(([each]) => each === name).map(([, value]) => value)
    const lengths = values('content-length')
    const codings = values('transfer-encoding')
    if (lengths.length + codings.length > 1) throw new Error(`several framings: ${JSON.stringify([...lengths, ...codings])}`)
    if (values('host').length !== 1) throw new Error(`${values('host').length} Host fields`)
    if (lengths.length === 1 && !/^\d+$/.test(lengths[0]!)) throw new Error(`content-length ${lengths[0]}`)
    if (codings.length === 1 && codings[0] !== 'chunked') throw new Error(`transfer-encoding ${codings[0]}`)
    const request = { method: match[1]!, target: match[2]!, headers }
    try {
      requests.push({ ...request, body: codings.length === 1 ? chunks() : take(Number(lengths[0] ?? 0)), complete: true })
    } catch (error) {
      if (!(error instanceof Unfinished)) throw error
      requests.push({ ...request, body: bytes.slice(at), complete: false })
      break
    }
  }
  return requests
}
