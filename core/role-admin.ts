import http from 'node:http'

import { formatHostPort, parseHostPort } from './address.ts'
import { type BalancerDecision, type DecisionQuery, readDecisionQuery } from './decision.ts'
import { RunError } from './errors.ts'
import { expose } from './metrics/exposition.ts'
import type { MetricFamily } from './metrics/family.ts'

/** What a role that runs alone shows to probes and to Prometheus. */
export interface RoleView {
  readonly ready: () => boolean
  readonly metrics: () => Promise<readonly MetricFamily[]>
  /** Where a request would go now: only a balancer knows. */
  readonly explain?: (query: DecisionQuery) => BalancerDecision
}

export interface RoleAdmin {
  /** `HOST:PORT` in force. */
  readonly address: string
  close(): void
}

/**
 * Serves `/healthz`, `/readyz` and `/metrics` for one balancer or loop without a supervisor, and `/api/explain` for a balancer.
 * Read-only, so that it may be reachable inside a container network.
 * @throws RunError when the address cannot be listened on
 */
export async function serveRoleAdmin(listen: string, view: RoleView): Promise<RoleAdmin> {
  const target = parseHostPort(listen)
  if (target === undefined) throw new RunError(`--admin is ${listen}; accepted: HOST:PORT`)
  const server = http.createServer((req, res) => {
    void answer(req, res, view)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new RunError(`cannot serve the admin address ${listen}: ${error.message}; choose another with --admin`)),
    )
    server.listen(target.port, target.host, resolve)
  })
  server.unref()
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : target.port
  return { address: formatHostPort(target.host, port), close: () => server.close() }
}

async function answer(req: http.IncomingMessage, res: http.ServerResponse, view: RoleView): Promise<void> {
  const [path, query] = splitTarget(req.url ?? '')
  if (req.method !== 'GET' && req.method !== 'HEAD') return end(res, 405, 'method not allowed\n')
  if (path === '/healthz') return end(res, 200, 'ok\n')
  if (path === '/readyz') return view.ready() ? end(res, 200, 'ready\n') : end(res, 503, 'not ready\n')
  if (path === '/api/explain' && view.explain !== undefined) return answerWhy(res, query, view.explain)
  if (path !== '/metrics') return end(res, 404, 'not found; try /healthz, /readyz or /metrics\n')
  try {
    const { type, text } = expose(await view.metrics(), req.headers.accept)
    end(res, 200, text, type)
  } catch (error) {
    end(res, 500, `${error instanceof Error ? error.message : String(error)}\n`)
  }
}

function answerWhy(res: http.ServerResponse, text: string, explain: NonNullable<RoleView['explain']>): void {
  const query = readDecisionQuery(Object.fromEntries(new URLSearchParams(text)))
  const [status, answer] =
    typeof query === 'string' ? [400, { error: 'BAD_REQUEST', message: query }] : [200, { decisions: [explain(query)] }]
  end(res, status, JSON.stringify(answer), 'application/json; charset=utf-8')
}

function splitTarget(target: string): [path: string, query: string] {
  const at = target.indexOf('?')
  return at === -1 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)]
}

function end(res: http.ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  res.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' })
  res.end(body)
}
