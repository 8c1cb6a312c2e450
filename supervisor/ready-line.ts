import type { Settings } from '../config/schema.ts'
import type { Plan } from './plan.ts'

/**
 * The line that scripts wait for on standard output; its beginning, `evenloop ready: http://HOST:PORT`, is fixed.
 * @param admin the admin API's URL; undefined where it is off
 */
export function readyLine(listen: string, { loops, balancers }: Plan, policy: Settings['policy'], admin: string | undefined): string {
  return `evenloop ready: ${listen} (${plural(loops, 'loop')}, ${plural(balancers, 'balancer')}, policy ${policy}; admin ${admin ?? 'off'})`
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`
