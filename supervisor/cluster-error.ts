import { RunError } from '../core/errors.ts'

export type ClusterErrorCode =
  | 'BUSY'
  | 'STOPPING'
  | 'BAD_REQUEST'
  | 'NOT_FOUND'
  | 'RELOAD_FAILED'
  | 'SCALE_FAILED'
  | 'REPLACE_FAILED'
  /** The loop cannot do this now, or at all. */
  | 'UNAVAILABLE'
  /** The loop did not answer in time. */
  | 'TIMEOUT'

/** What the running cluster was asked for and that was refused or did not succeed; what it left behind is in the message. */
export class ClusterError extends RunError {
  override readonly name: string = 'ClusterError'
  readonly code: ClusterErrorCode

  constructor(code: ClusterErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
