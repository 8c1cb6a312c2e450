import type { LiveList } from '../../core/live-list.ts'
import type { ExchangeGauge, ExchangeParts } from '../exchange-parts.ts'
import type { LinkExchange } from './exchange.ts'

/** What the lane counts; the metrics implement it. */
export interface LinkLaneGauge extends ExchangeGauge {
  arrived(): void
}

/** What every exchange of the lane shares. */
export interface LinkLaneParts extends ExchangeParts {
  readonly gauge: LinkLaneGauge
  /** Exchanges under way. */
  readonly live: LiveList<LinkExchange>
  /** The balancer drains: connections end with their next response. */
  readonly draining: () => boolean
}
