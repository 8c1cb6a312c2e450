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

/** @throws ProtocolError for a payload that is too short; a longer one comes from a later minor version */
export function readBeat(bytes: Buffer, start: number, end: number): Beat {
  if (end - start < beatBytes) throw new ProtocolError(`a beat of ${end - start} bytes`)
  return {
    inFlight: bytes.readUInt32LE(start),
    utilization: bytes.readUInt32LE(start + 4) / 10_000,
    delayMs: bytes.readUInt32LE(start + 8) / 1_000,
  }
}
