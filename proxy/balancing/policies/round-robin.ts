import type { Endpoint } from '../endpoint.ts'
import type { Policy } from './policy.ts'

/** Each endpoint in turn, however busy it is. */
export class RoundRobin implements Policy {
  #cursor = 0

  pick(serving: readonly Endpoint[]): Endpoint | undefined {
    if (serving.length === 0) return undefined
    const index = this.#cursor < serving.length ? this.#cursor : 0
    this.#cursor = index + 1
    return serving[index]
  }
}
