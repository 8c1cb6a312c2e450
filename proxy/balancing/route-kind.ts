/** A request's place in the queue, the first ones first. */
export const priorities = ['high', 'normal', 'low'] as const
/** The index of one of them. */
export type Priority = 0 | 1 | 2

/** What the balancer knows of the route that a request is for. One object for all its requests: none is made on the way. */
export interface RouteKind {
  /** `GET /users/:id`; empty where nothing is known. */
  readonly name: string
  readonly blocking: boolean
  /** For how long one of its requests typically holds its event loop, in milliseconds; 0 where that is not known. */
  readonly holdMs: number
  readonly priority: Priority
}

/** A route of which nothing is known. */
export const ordinary: RouteKind = { name: '', blocking: false, holdMs: 0, priority: 1 }
