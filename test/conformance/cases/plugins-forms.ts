import { asks, scene, type Ask, type Case } from '../case.ts'
import { patternBytes } from '../files.ts'

const boundary = '----conformance'

interface Part {
  readonly name: string
  readonly filename?: string
  readonly type?: string
  readonly content: string | Buffer
}

function multipart(path: string, parts: readonly Part[], end = `--${boundary}--\r\n`): Ask & { readonly body: Buffer } {
  const pieces = parts.flatMap(({ name, filename, type, content }) => [
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n`,
    type === undefined ? '\r\n' : `Content-Type: ${type}\r\n\r\n`,
    content,
    '\r\n',
  ])
  const body = Buffer.concat([...pieces, end].map((piece) => Buffer.from(piece)))
  return { method: 'POST', path, fields: [['Content-Type', `multipart/form-data; boundary=${boundary}`]], body }
}

const field: Part = { name: 'title', content: 'ä field' }
const small: Part = { name: 'small', filename: 'small.txt', type: 'text/plain', content: 'small\n' }
const large: Part = { name: 'large', filename: 'large.bin', type: 'application/octet-stream', content: patternBytes(1024 * 1024) }

export const formCases: readonly Case[] = [
  asks('multipart: fields and files', [200, multipart('/multipart', [field, small, large, { ...field, name: 'last' }])]),
  asks(
    'multipart: an empty file and none',
    [200, multipart('/multipart', [{ ...small, content: '' }])],
    [200, multipart('/multipart', [])],
  ),
  asks('multipart: buffered', [200, multipart('/multipart/buffered', [large])]),
  asks('multipart: too large a file', [413, multipart('/multipart/buffered', [{ ...large, content: patternBytes(3 * 1024 * 1024) }])]),
  asks('multipart: too many files', [413, multipart('/multipart', [small, small, small, small])]),
  asks('multipart: another type', [
    406,
    { ...multipart('/multipart', [small]), fields: [['Content-Type', 'application/json']], body: '{}' },
  ]),
  scene('multipart: in chunks that split its boundaries', [200], async (client) => {
    const { body, ...rest } = multipart('/multipart', [field, small])
    const text = body.toString('latin1')
    const chunks = Array.from({ length: Math.ceil(text.length / 7) }, (_, n) => text.slice(n * 7, n * 7 + 7))
    return [await client.ask({ ...rest, chunks: chunks.map((chunk) => Buffer.from(chunk, 'latin1')) })]
  }),
]
