import type { Endpoint } from '../endpoint.ts'

/** Which one. A policy is given only endpoints that may take a request now, and never filters them. */
export interface Policy {
  /**
   * Chooses one of `serving`; undefined when there is none.
   * @param key what makes this client's requests stick to one loop; other policies than rendezvous ignore it
   */
  pick(serving: readonly Endpoint[], key: string | undefined): Endpoint | undefined
}
