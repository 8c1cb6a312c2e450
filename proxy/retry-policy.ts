/** What is known of an attempt that failed. */
export interface Failure {
  /**
   * How far it came. `no`: no byte of it left the balancer, or the connection was refused. `maybe`: it was sent and nothing
   * more is known. `taken`: the loop said that it had begun.
   */
  readonly reached: 'no' | 'maybe' | 'taken'
  readonly method: string
  /** The endpoint is a loop of ours that was asked to say when it begins this request. */
  readonly speaksTaken: boolean
  /** A byte of the response head has gone to the client. */
  readonly responded: boolean
  /** The whole request body sent so far is at hand to be sent again. */
  readonly bodyReplayable: boolean
  /** 1 for the first. */
  readonly attempt: number
  /** How many there may be in all. */
  readonly attempts: number
  readonly clientGone: boolean
}

// RFC 9110 9.2.2
const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

export const isIdempotent = (method: string): boolean => idempotentMethods.has(method)

/** What is known of a request whose loop has fallen silent. */
export interface Stranded {
  readonly method: string
  /** The loop was asked to say when it begins it, and has not. */
  readonly known: 'not begun' | 'perhaps begun'
  readonly responded: boolean
  readonly bodyReplayable: boolean
  /** Its client's state is in that loop. */
  readonly sticks: boolean
  /** Its route is known to block. */
  readonly blocking: boolean
}

/**
 * Whether a request is taken from a loop that is blocked and given to another one. It must not have begun as far as anyone knows, and it must do no
 * harm if it has: the loop may have taken it in this very moment. One that blocks would only block the next loop too.
 */
export function mayMove({ method, known, responded, bodyReplayable, sticks, blocking }: Stranded): boolean {
  return known === 'not begun' && !responded && bodyReplayable && !sticks && !blocking && isIdempotent(method)
}

/** Whether the request may be given to another loop without the risk of doing something twice. */
export function mayRetry(failure: Failure): boolean {
  if (failure.responded || failure.clientGone || !failure.bodyReplayable || failure.attempt >= failure.attempts) return false
  if (failure.reached === 'no' || isIdempotent(failure.method)) return true
  return failure.speaksTaken && failure.reached === 'maybe'
}
