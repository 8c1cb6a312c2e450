/**
 * The responses that the balancer makes itself. Clients and dashboards depend on these codes.
 */
export const replies = {
  BAD_REQUEST: { status: 400, message: 'The request is not valid HTTP/1.1.' },
  REQUEST_TIMEOUT: { status: 408, message: 'The request did not arrive in time.' },
  BODY_TOO_LARGE: { status: 413, message: 'The request body is larger than this server accepts.' },
  URL_TOO_LONG: { status: 414, message: 'The request target is longer than this server accepts.' },
  EXPECTATION_FAILED: { status: 417, message: 'The expectation in the Expect header is not supported.' },
  RATE_LIMITED: { status: 429, message: 'This client has made more requests than it may.' },
  HEADERS_TOO_LARGE: { status: 431, message: 'The request header is larger than this server accepts.' },
  NOT_IMPLEMENTED: { status: 501, message: 'The balancer does not implement this method or transfer coding.' },
  LOOP_FAILED: { status: 502, message: 'The event loop serving this request failed before it answered.' },
  OVERLOADED: { status: 503, message: 'Every event loop is at its limit and the queue is full.' },
  NO_LOOP: { status: 503, message: 'No event loop is ready to serve.' },
  LOOP_TIMEOUT: { status: 504, message: 'The event loop did not answer in time.' },
} as const satisfies Record<string, { status: number; message: string }>

export type ReplyCode = keyof typeof replies
