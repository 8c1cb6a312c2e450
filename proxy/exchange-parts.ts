import type { Settings } from '../config/schema.ts'
import type { ReplyCode } from '../core/replies.ts'
import type { Clock } from '../core/sources.ts'
import type { AccessLog } from './access-log/access-log.ts'
import type { Balancer } from './balancing/balancer.ts'
import type { Isolation } from './balancing/isolation/isolation.ts'
import type { RetryBudget } from './balancing/retry-budget.ts'
import type { Failure } from './retry-policy.ts'

/** What both lanes count; the metrics implement it. */
export interface ExchangeGauge {
  retried(reached: Failure['reached']): void
  failed(code: ReplyCode): void
}

/** What every exchange shares with the others, on either lane. */
export interface ExchangeParts {
  readonly balancer: Balancer
  readonly isolation: Isolation
  readonly budget: RetryBudget
  readonly clock: Clock
  readonly gauge: ExchangeGauge
  readonly timeouts: Settings['timeouts']
  readonly limits: Settings['limits']
  readonly retry: Settings['retry']
  /** Undefined where requests are not logged. */
  readonly accessLog: AccessLog | undefined
}
