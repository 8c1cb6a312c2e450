import type { Settings } from '../config/schema.ts'
import { describePlan, type Plan } from './plan.ts'

/**
 * The line that scripts wait for on standard output; its beginning, `evenloop ready: http://HOST:PORT`, is fixed.
 * @param admin the admin API's URL; undefined where it is off
 */
export function readyLine(listen: string, plan: Plan, policy: Settings['policy'], admin: string | undefined): string {
  return `evenloop ready: ${listen} (${describePlan(plan)}, policy ${policy}; admin ${admin ?? 'off'})`
}
