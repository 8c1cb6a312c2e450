import { ChunkedBody } from '../../proxy/chunked-body.ts'
import { HeadScanner, type ScanLimits, scan } from '../../proxy/head-scanner.ts'

/** A request head as the scanner reads it. */
export interface ScannedRequest {
  readonly method: string
  readonly target: string
  /** Flat, as Node's rawHeaders. */
  readonly rawHeaders: readonly string[]
  readonly kinds: readonly number[]
  readonly nameIds: readonly number[]
  readonly headLength: number
  readonly contentLength: number
  readonly chunked: boolean
  readonly expectsContinue: boolean
  readonly closes: boolean
  readonly nominates: boolean
  readonly hostIndex: number
}

/** What came of scanning some bytes: a head, a refusal, or neither. */
export type Scanned =
  | { readonly verdict: 'more' | 'handOver' }
  | { readonly verdict: 'refuse'; readonly code: string }
  | { readonly verdict: 'complete'; readonly request: ScannedRequest }

const wide: ScanLimits = { headerBytes: 16_384, headerCount: 100, urlBytes: 8_192 }

/**
 * Scans bytes that come in pieces of these sizes, the last one repeated to the end. Each piece lies at another place of a
 * buffer that is wiped behind it, as with the one buffer that all clients are read into.
 */
export function scanned(bytes: Buffer, sizes: readonly number[] = [bytes.length], limits: ScanLimits = wide): Scanned {
  const scanner = new HeadScanner(limits)
  scanner.reset()
  const read = Buffer.alloc(bytes.length + 64, 0xff)
  let verdict: number = scan.more
  for (let at = 0, piece = 0; at < bytes.length && verdict === scan.more; piece++) {
    const stop = Math.min(bytes.length, at + sizes[Math.min(piece, sizes.length - 1)]!)
    const start = piece % 64
    read.fill(0xff)
    bytes.copy(read, start, at, stop)
    verdict = scanner.scan(read, start, start + stop - at)
    at = stop
  }
  if (verdict === scan.refuse) return { verdict: 'refuse', code: scanner.refusal }
  if (verdict === scan.complete) return { verdict: 'complete', request: requestOf(scanner, bytes) }
  return { verdict: verdict === scan.more ? 'more' : 'handOver' }
}

function requestOf(scanner: HeadScanner, bytes: Buffer): ScannedRequest {
  const text = (from: number, to: number): string => bytes.toString('latin1', from, to)
  const fields = Array.from({ length: scanner.count }, (_, index) => index)
  return {
    method: text(0, scanner.methodEnd),
    target: text(scanner.targetStart, scanner.targetEnd),
    rawHeaders: fields.flatMap((i) => [
      text(scanner.nameStart[i]!, scanner.nameEnd[i]!),
      text(scanner.valueStart[i]!, scanner.valueEnd[i]!),
    ]),
    kinds: fields.map((i) => scanner.kind[i]!),
    nameIds: fields.map((i) => scanner.nameId[i]!),
    headLength: scanner.length,
    contentLength: scanner.contentLength,
    chunked: scanner.chunked,
    expectsContinue: scanner.expectsContinue,
    closes: scanner.closes,
    nominates: scanner.nominates,
    hostIndex: scanner.hostIndex,
  }
}

/** A chunked body as the balancer reads it. */
export interface Unchunked {
  readonly state: 'done' | 'broken' | 'unfinished'
  /** Bytes of the framing and data that it took. */
  readonly consumed: number
  readonly body: string
  readonly trailers: readonly (readonly [string, string])[]
}

/** Takes the framing off bytes that come in pieces of one size. */
export function unchunked(bytes: Buffer, size: number = bytes.length): Unchunked {
  const reader = new ChunkedBody()
  let body = ''
  let at = 0
  const sink = { data: (data: Buffer, from: number, to: number) => void (body += data.toString('latin1', from, to)) }
  while (at < bytes.length && !reader.done && !reader.broken) {
    const stop = Math.min(bytes.length, at + size)
    const piece = Buffer.from(bytes.subarray(at, stop))
    at += reader.read(piece, 0, piece.length, sink)
  }
  return { state: reader.done ? 'done' : reader.broken ? 'broken' : 'unfinished', consumed: at, body, trailers: reader.trailers }
}
