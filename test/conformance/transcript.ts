import { createHash } from 'node:crypto'

import type { Answer, Field, Head } from './answer.ts'

/** Text in bodies that no two processes share, and what is compared in its place. */
export type Mask = readonly [pattern: RegExp, replacement: string]

/** Header fields that speak of one connection or one moment, and what is compared in their place. */
const fieldsApart: Readonly<Record<string, string>> = {
  date: 'the moment of the answer',
  connection: 'of the client’s connection, which the balancer keeps or ends; whether it lasts is compared as `persistent`',
  'keep-alive': 'how long an idle connection is kept: the balancer’s time-out, not the app’s',
  'transfer-encoding': 'the framing of one connection; compared as `framing`',
}

/** An answer as it is compared, in a form whose differences are readable. */
export interface ComparableAnswer {
  readonly status: string
  readonly fields: readonly string[]
  readonly interim?: readonly (readonly string[])[]
  readonly framing: Answer['framing']
  readonly body: unknown
  readonly trailers?: readonly string[]
  readonly persistent: boolean
  readonly cut?: boolean
}

const isAnswer = (value: unknown): value is Answer =>
  typeof value === 'object' && value !== null && 'interim' in value && 'framing' in value

// What a server reckons from the body differs where the body does.
const ofTheBody = /^(content-length|etag)$/i

/** What a case saw, as what must be the same everywhere. */
export function comparable(transcript: readonly unknown[], masks: readonly Mask[]): unknown[] {
  return transcript.map((entry) => (isAnswer(entry) ? comparableAnswer(entry, masks) : entry))
}

export const statusesIn = (transcript: readonly unknown[]): number[] => transcript.filter(isAnswer).map(({ status }) => status)

function comparableAnswer(answer: Answer, masks: readonly Mask[]): ComparableAnswer {
  const { framing, trailers, persistent, cut, interim } = answer
  const body = masked(answer.body, masks)
  const fields = answer.fields.map(([name, value]): Field => [name, body.masked && ofTheBody.test(name) ? 'of the body' : value])
  return {
    status: statusLine(answer),
    fields: shown(fields),
    ...(interim.length > 0 && { interim: interim.map((head) => [statusLine(head), ...shown(head.fields)]) }),
    framing,
    body: body.text,
    ...(trailers.length > 0 && { trailers: trailers.map(([name, value]) => `${name}: ${value}`) }),
    persistent,
    ...(cut && { cut }),
  }
}

const statusLine = ({ version, status, reason }: Head): string => `HTTP/${version} ${status} ${reason}`

const shown = (fields: readonly Field[]): string[] =>
  fields.filter(([name]) => fieldsApart[name.toLowerCase()] === undefined).map(([name, value]) => `${name}: ${value}`)

/** Text as lines, so that a difference shows as one; what is long or no text as its length and hash. */
function masked(body: Buffer, masks: readonly Mask[]): { text: unknown; masked: boolean } {
  const plain = body.toString('utf8')
  if (body.length > 8_192 || /[\0-\x08\x0e-\x1f\ufffd]/.test(plain)) {
    return { text: `${body.length} bytes, sha256 ${createHash('sha256').update(body).digest('hex')}`, masked: false }
  }
  const text = masks.reduce((before, [pattern, replacement]) => before.replaceAll(pattern, replacement), plain)
  return { text: text.split('\n'), masked: text !== plain }
}
