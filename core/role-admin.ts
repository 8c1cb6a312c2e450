import http from 'node:http'

import { formatHostPort, parseHostPort } from './address.ts'
import { RunError } from './errors.ts'
import { expose } from './metrics/exposition.ts'
import type { MetricFamily } from './metrics/family.ts'

/** What a role that runs alone shows to probes and to Prometheus. */
export interface RoleView {
  readonly ready: () => boolean
  readonly metrics: () => Promise<readonly MetricFamily[]>
}

export interface RoleAdmin {
  /** `HOST:PORT` in force. */
  readonly address: string
  close(): void
}

/**
 * Serves `/healthz`, `/readyz` and `/metrics` for one balancer or loop without a supervisor. Read-only, so
 * that it may be reachable inside a container network.
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
  const path = req.url?.split('?', 1)[0]
  if (req.method !== 'GET' && req.method !== 'HEAD') return end(res, 405, 'method not allowed\n')
  if (path === '/healthz') return end(res, 200, 'ok\n')
  if (path === '/readyz') return view.ready() ? end(res, 200, 'ready\n') : end(res, 503, 'not ready\n')
  if (path !== '/metrics') return end(res, 404, 'not found; try /healthz, /readyz or /metrics\n')
  try {
    const { type, text } = expose(await view.metrics(), req.headers.accept)
    end(res, 200, text, type)
  } catch (error) {
    end(res, 500, `${error instanceof Error ? error.message : String(error)}\n`)
  }
}

function end(res: http.ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  res.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' })
  res.end(body)
}
