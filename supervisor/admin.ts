import fastify, { type FastifyError, type FastifyInstance } from 'fastify'

import { formatHostPort, parseHostPort } from '../core/address.ts'
import { RunError } from '../core/errors.ts'
import type { ClusterStatus } from '../core/status.ts'
import { consolePage } from '../console/page.ts'
import { actionRoutes, statusOf, type AdminActions } from './admin-actions.ts'
import { StatusEvents } from './admin-events.ts'
import { isLoopback, refuse } from './admin-guard.ts'
import { bindError } from './bind-error.ts'
import { ClusterError } from './cluster-error.ts'

/** What the admin API shows and does; the cluster behind it may not exist yet. */
export interface AdminView extends AdminActions {
  ready(): boolean
  status(): ClusterStatus
  metrics(): Promise<string>
  readonly metricsType: string
}

export interface Admin {
  /** `http://HOST:PORT` in force. */
  readonly url: string
  /** Shows listeners of /api/events a status before its second is over. */
  showSoon(): void
  close(): Promise<void>
}

/**
 * Serves the admin API, the metrics and the console.
 * @throws RunError with cause and remedy where the address cannot be listened on
 */
export async function openAdmin(listen: string, view: AdminView): Promise<Admin> {
  const target = parseHostPort(listen)
  if (target === undefined) throw new RunError(`--admin is ${listen}; accepted: HOST:PORT or off`)
  const events = new StatusEvents(() => view.status())
  const app = createAdminApp(view, events, isLoopback(target.host))
  try {
    await app.listen({ host: target.host, port: target.port })
  } catch (error) {
    await app.close()
    throw bindError((error as NodeJS.ErrnoException).code ?? 'unknown error', listen, '--admin')
  }
  const bound = app.server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : target.port
  return {
    url: `http://${formatHostPort(target.host, port)}`,
    showSoon: () => events.soon(),
    close: async () => {
      events.close()
      await app.close()
    },
  }
}

function createAdminApp(view: AdminView, events: StatusEvents, loopback: boolean): FastifyInstance {
  const app = fastify({ forceCloseConnections: true, bodyLimit: 65_536 })
  // A POST without a body is a POST without wishes, also where its content type says JSON.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(body as string))
    } catch {
      done(new ClusterError('BAD_REQUEST', 'the body is not valid JSON'))
    }
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const { host, origin, 'content-type': contentType } = request.headers
    const refusal = refuse({ method: request.method, host, origin, contentType }, loopback)
    if (refusal !== undefined) return reply.code(refusal.status).send({ error: refusal.error, message: refusal.message })
  })
  app.setErrorHandler((error: FastifyError | ClusterError, _request, reply) => {
    const { status, code } = statusOf(error)
    return reply.code(status).send({ error: code, message: error.message })
  })
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: 'NOT_FOUND', message: `no ${request.method} ${request.url.split('?', 1)[0]} here` }),
  )

  app.get('/healthz', async (_request, reply) => reply.type('text/plain; charset=utf-8').send('ok\n'))
  app.get('/readyz', async (_request, reply) => {
    const ready = view.ready()
    return reply
      .code(ready ? 200 : 503)
      .type('text/plain; charset=utf-8')
      .send(ready ? 'ready\n' : 'not ready\n')
  })
  app.get('/metrics', async (_request, reply) => reply.type(view.metricsType).send(await view.metrics()))
  app.get('/api/status', async () => view.status())
  app.get('/api/events', (_request, reply) => {
    reply.hijack()
    events.add(reply.raw)
  })
  app.get('/', async (_request, reply) => reply.headers(consolePage.headers).send(consolePage.html))
  actionRoutes(app, view)
  return app
}
