import type { FastifyInstance } from 'fastify'

import { type BalancerDecision, type DecisionQuery, readDecisionQuery } from '../../core/decision.ts'
import { ClusterError } from '../cluster-error.ts'

export interface Explainer {
  /**
   * What each balancer would do with this request now.
   * @throws ClusterError UNAVAILABLE or TIMEOUT where none answers
   */
  explain(query: DecisionQuery): Promise<readonly BalancerDecision[]>
}

/** The route that says where a request would go; nothing is sent anywhere. */
export function explainRoute(app: FastifyInstance, explainer: Explainer): void {
  app.get('/api/explain', async (request) => {
    const query = readDecisionQuery(request.query as Record<string, unknown>)
    if (typeof query === 'string') throw new ClusterError('BAD_REQUEST', query)
    return { decisions: await explainer.explain(query) }
  })
}
