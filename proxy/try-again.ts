import type { Endpoint } from './balancing/endpoint.ts'
import { asksGuiltyRoute } from './balancing/guilty-route.ts'
import type { RetryBudget } from './balancing/retry-budget.ts'
import { type Failure, mayRetry } from './retry-policy.ts'

/**
 * Whether a request whose attempt on this endpoint failed is given to another; takes it out of the budget. One that has hung its loop is not: it
 * would hang the next.
 * @param path asked only where the loop hung
 */
export function triesAgain(failure: Failure, { hungBy }: Endpoint, path: () => string, budget: RetryBudget): boolean {
  if (!mayRetry(failure)) return false
  if (hungBy !== undefined && failure.reached !== 'no' && asksGuiltyRoute(hungBy, failure.method, path())) return false
  // What a loop of ours is known not to have begun has cost nothing: where all of them died at once, all of it waits for the next.
  return (failure.reached === 'no' && failure.speaksTaken) || budget.tryRetry()
}
