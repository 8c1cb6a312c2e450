import type { Priority, RouteKind } from '../balancing/route-kind.ts'

/** What the client wants to know of a request; the same for all of its attempts. */
export interface Order {
  readonly method: string
  readonly requestId: string
  readonly stickyKey: string | undefined
  readonly setCookie: string | undefined
  /** The client may know why its loop was chosen, and asks for it. */
  readonly explains: boolean
  readonly kind: RouteKind
  readonly priority: Priority
  readonly hasBody: boolean
  readonly expectsContinue: boolean
  /** The client's connection ends with the response. */
  readonly last: boolean
}
