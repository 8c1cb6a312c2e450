import type { Rng } from '../core/sources.ts'
import type { Route } from './model-request.ts'

/** A request that works in two pieces and waits for somebody else between them, each for half to one and a half of its mean in milliseconds. */
export function lightRoute(rng: Rng, workMs: number, waitMs: number): Route {
  const around = (mean: number): number => mean * (0.5 + rng())
  return { method: 'GET', path: '/page', draw: () => ({ firstMs: around(workMs / 2), waitMs: around(waitMs), lastMs: around(workMs / 2) }) }
}

/** A request that holds its loop in one piece. */
export const blockingRoute = (holdMs: number): Route => ({
  method: 'GET',
  path: '/report',
  draw: () => ({ firstMs: holdMs, waitMs: 0, lastMs: 0 }),
})
