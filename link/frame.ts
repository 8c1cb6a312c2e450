/** The frames of the loop link, version 2. docs/loop-link.md specifies them for other implementations. */

export const protocolVersion = 2

/** Length of payload u32, type u8, flags u8, aux u16, stream u32; all little-endian. */
export const frameHeaderBytes = 12

/** A longer payload is a corrupt frame: no honest end writes one. */
export const maxPayloadBytes = 1 << 20

/** Bytes of body or response that a sender may have outstanding on one stream before its first WINDOW. */
export const initialWindow = 128 * 1024

export const frameType = {
  hello: 1,
  auth: 2,
  accept: 3,
  refuse: 4,
  request: 16,
  data: 17,
  trailers: 18,
  reset: 19,
  window: 20,
  taken: 21,
  beat: 22,
  state: 23,
  /** Balancer to loop: it keeps the loop for blocking routes (aux 1), or does so no more (aux 0). */
  claim: 24,
} as const

export const requestFlag = {
  /** No body follows. */
  end: 1,
  /** The client waits for 100 before it sends the body. */
  expect: 2,
  /** The loop is to say TAKEN before the app sees the request. */
  askTaken: 4,
  /** The client's connection ends with this response, which is to say so. */
  last: 8,
  /** The client speaks TLS. */
  encrypted: 16,
} as const

export const dataFlag = {
  /** The sender has nothing more to say on this stream. */
  end: 1,
  /** Loop to balancer: the final response begins here; aux is its status. */
  head: 2,
  /** Loop to balancer, with `head` or `end`: the client's connection ends with this response. */
  close: 4,
  /** Loop to balancer: an interim response (1xx) and nothing else; aux is its status. */
  interim: 8,
} as const

/** The flags of BEAT. */
export const beatFlag = {
  /** Another balancer keeps this loop for blocking routes. */
  claimed: 1,
} as const

/** Why a stream was given up: the aux of RESET. */
export const resetReason = {
  /** The client has gone, or waits no more. */
  cancelled: 1,
  /** A time-out of the balancer passed. */
  timeout: 2,
  /** The app destroyed the connection. */
  destroyed: 3,
  /** The request's body broke the rules. */
  badRequest: 4,
  /** The loop can take nothing more. */
  refused: 5,
} as const

/** The aux of STATE. */
export const loopState = { starting: 0, ready: 1, draining: 2 } as const

/** What was read is not the protocol: the link must be closed. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}
