import type { BalancerDecision } from '../../core/decision.ts'
import type { Cluster } from './cluster.ts'

/** What each balancer would do with a GET of this path now. */
export async function explained({ adminUrl }: Pick<Cluster, 'adminUrl'>, path: string): Promise<readonly BalancerDecision[]> {
  const answer = await fetch(`${adminUrl}/api/explain?method=GET&path=${encodeURIComponent(path)}`)
  const { decisions } = (await answer.json()) as { decisions: BalancerDecision[] }
  return decisions
}
