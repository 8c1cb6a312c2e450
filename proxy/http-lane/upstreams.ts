import type { Endpoint } from '../balancing/endpoint.ts'
import type { OpenHttp } from '../open-connection.ts'
import { ConnectionPool } from './connection-pool.ts'
import type { Upstream } from './web-proxy.ts'

// A loop of ours never closes an idle connection, so keeping it can never race with a close. Another server may:
// uvicorn closes after 5 s, Node after 5 s, gunicorn after 2 s. Letting go well before that leaves no time for the race
// (node #27363, Envoy #1979, HAProxy #1423).
const foreignIdleMs = 1_000

// Only read by http-proxy for a port and a path, which the pool and the attempt know better.
const target = { protocol: 'http:', host: 'localhost', port: 80 }

/** The connections of each endpoint, made when first needed. */
export class Upstreams {
  readonly #openHttp: OpenHttp
  readonly #pools = new Map<Endpoint, Upstream & { readonly agent: ConnectionPool }>()

  constructor(openHttp: OpenHttp) {
    this.#openHttp = openHttp
  }

  for(endpoint: Endpoint): Upstream {
    let upstream = this.#pools.get(endpoint)
    if (upstream === undefined) {
      upstream = { target, agent: new ConnectionPool(this.#openHttp, endpoint.address, endpoint.node ? 0 : foreignIdleMs) }
      this.#pools.set(endpoint, upstream)
    }
    return upstream
  }

  forget(endpoint: Endpoint): void {
    this.#pools.get(endpoint)?.agent.close()
    this.#pools.delete(endpoint)
  }
}
