import { areRouteCounts, type RouteCounts } from '../core/route-counts.ts'
import { ProtocolError } from './frame.ts'

/** While a loop holds a request it says at least this often that it lives. Milliseconds. */
export const busyBeatMs = 5

/** And this often when it holds none. */
export const idleBeatMs = 1_000

/** A loop that holds requests and has said nothing for so long is blocked: three beats. */
export const silenceMs = 3 * busyBeatMs

/** The payload of BEAT: what a loop says of itself. */
export interface Beat {
  /** Requests of all balancers that the app has not finished. */
  readonly inFlight: number
  /** Share of the last window in which the event loop was busy, 0 to 1. */
  readonly utilization: number
  /** The longest delay of the event loop in the last window, in milliseconds. */
  readonly delayMs: number
}

export const beatBytes = 12

export function writeBeat(bytes: Buffer, beat: Beat): void {
  bytes.writeUInt32LE(beat.inFlight, 0)
  bytes.writeUInt32LE(Math.round(Math.min(1, Math.max(0, beat.utilization)) * 10_000), 4)
  bytes.writeUInt32LE(Math.min(0xffffffff, Math.round(beat.delayMs * 1_000)), 8)
}

/** @throws ProtocolError for a payload that is too short; what is behind it is for `readRoutes` */
export function readBeat(bytes: Buffer, start: number, end: number): Beat {
  if (end - start < beatBytes) throw new ProtocolError(`a beat of ${end - start} bytes`)
  return {
    inFlight: bytes.readUInt32LE(start),
    utilization: bytes.readUInt32LE(start + 4) / 10_000,
    delayMs: bytes.readUInt32LE(start + 8) / 1_000,
  }
}

/** What may follow in a beat: how long requests have held the loop, of routes that had new ones. */
export const encodeRoutes = (routes: readonly RouteCounts[]): Buffer => Buffer.from(JSON.stringify(routes))

/**
 * What follows in a beat that ends at `end`.
 * @throws ProtocolError where it is something else
 */
export function readRoutes(bytes: Buffer, start: number, end: number): RouteCounts[] {
  let routes: unknown
  try {
    routes = JSON.parse(bytes.toString('utf8', start + beatBytes, end))
  } catch {
    // Reported below, as everything else that is no list of routes.
  }
  if (!areRouteCounts(routes)) throw new ProtocolError('a beat with something else than routes behind it')
  return routes
}
