import type { ServerResponse } from 'node:http'

import type { Settings } from '../../config/schema.ts'
import type { ReplyCode } from '../../core/replies.ts'
import type { Clock } from '../../core/sources.ts'
import type { Balancer } from '../balancer.ts'
import type { Endpoint } from '../endpoint.ts'
import type { LiveList } from '../../core/live-list.ts'
import type { RetryBudget } from '../retry-budget.ts'
import type { Failure } from '../retry-policy.ts'
import type { Exchange } from './exchange.ts'
import type { Tunnel } from './tunnel.ts'
import type { Upstreams } from './upstreams.ts'
import type { WebProxy } from './web-proxy.ts'

/** What the lane counts; the metrics implement it. */
export interface LaneGauge {
  retried(reached: Failure['reached']): void
  failed(code: ReplyCode): void
}

/** What every exchange and tunnel of one lane shares. */
export interface LaneParts {
  readonly balancer: Balancer
  readonly web: WebProxy
  readonly upstreams: Upstreams
  readonly budget: RetryBudget
  readonly clock: Clock
  readonly gauge: LaneGauge
  readonly timeouts: Settings['timeouts']
  readonly limits: Settings['limits']
  readonly retry: Settings['retry']
  /** Exchanges under way. */
  readonly live: LiveList<Exchange>
  /** Upgraded connections, and upgrades under way. */
  readonly tunnels: LiveList<Tunnel>
  /** Whether the client's connection is to end with this response, since the balancer drains. */
  readonly endsWith: (res: ServerResponse) => boolean
  /** An attempt has failed: looks whether the endpoint can still be there; true where it is gone. */
  readonly unreachable: (endpoint: Endpoint, error: NodeJS.ErrnoException) => boolean
}
