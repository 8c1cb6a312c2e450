import { concurrencyCap } from '../config/concurrency.ts'
import type { Settings } from '../config/schema.ts'

/** How many processes of each kind, and what one loop may hold. */
export interface Plan {
  readonly loops: number
  readonly balancers: number
  /** Requests one loop holds at once; 0 sets no cap. */
  readonly concurrency: number
}

/** `2 loops, 1 balancer` */
export const describePlan = ({ loops, balancers }: Plan): string => `${plural(loops, 'loop')}, ${plural(balancers, 'balancer')}`

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

type Asked = Pick<Settings, 'model' | 'loops' | 'balancers' | 'concurrency'>

/** Turns the model's three numbers into processes. After this no one asks which model it is. */
export function plan(asked: Asked, cpus: number): Plan {
  const loops = asked.model === 'async' ? 1 : asked.loops === 'auto' ? cpus : asked.loops
  const concurrency = concurrencyCap(asked)
  // One balancer serves about four loops; more of them than CPUs would only take turns, and of a cap each needs a share.
  const most = Math.min(cpus, concurrency === 0 ? cpus : concurrency)
  const balancers = asked.balancers === 'auto' ? Math.max(1, Math.min(most, Math.ceil(loops / 4))) : asked.balancers
  return { loops, balancers, concurrency }
}
