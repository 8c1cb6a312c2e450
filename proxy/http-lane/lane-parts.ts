import type { ServerResponse } from 'node:http'

import type { LiveList } from '../../core/live-list.ts'
import type { Endpoint } from '../balancing/endpoint.ts'
import type { ExchangeParts } from '../exchange-parts.ts'
import type { OpenHttp } from '../open-connection.ts'
import type { Exchange } from './exchange.ts'
import type { Tunnel } from './tunnel.ts'
import type { Upstreams } from './upstreams.ts'
import type { WebProxy } from './web-proxy.ts'

/** What every exchange and tunnel of the lane shares. */
export interface LaneParts extends ExchangeParts {
  readonly web: WebProxy
  readonly upstreams: Upstreams
  readonly openHttp: OpenHttp
  /** Exchanges under way. */
  readonly live: LiveList<Exchange>
  /** Upgraded connections, and upgrades under way. */
  readonly tunnels: LiveList<Tunnel>
  /** Whether the client's connection is to end with this response, since the balancer drains. */
  readonly endsWith: (res: ServerResponse) => boolean
  /** An attempt has failed: looks whether the endpoint can still be there; true where it is gone. */
  readonly unreachable: (endpoint: Endpoint, error: NodeJS.ErrnoException) => boolean
}
