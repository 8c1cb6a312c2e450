import fastify, { type FastifyError, type FastifyInstance } from 'fastify'

import { formatHostPort, parseHostPort } from '../../core/address.ts'
import { RunError } from '../../core/errors.ts'
import { expose } from '../../core/metrics/exposition.ts'
import type { MetricFamily } from '../../core/metrics/family.ts'
import type { Clock, WallClock } from '../../core/sources.ts'
import type { ClusterStatus } from '../../core/status.ts'
import { consoleAssets, consoleHeaders } from '../../console/assets.ts'
import { actionRoutes, statusOf, type AdminActions } from './actions.ts'
import { explainRoute, type Explainer } from './explain.ts'
import { diagnosticRoutes, type Diagnostics } from './diagnostics.ts'
import { askForToken } from './door.ts'
import { readWishes, StatusEvents } from './events.ts'
import { isLoopback, refuse } from './guard.ts'
import { newToken, TokenGate } from './token.ts'
import { bindError } from '../bind-error.ts'
import { ClusterError } from '../cluster-error.ts'
import type { EventBook } from '../notices/event-book.ts'
import { History } from './history.ts'

/** What the admin API shows and does; the cluster behind it may not exist yet. */
export interface AdminView extends AdminActions, Diagnostics, Explainer {
  ready(): boolean
  status(): ClusterStatus
  processes(): Pick<ClusterStatus, 'loops' | 'balancers'>
  metrics(): Promise<readonly MetricFamily[]>
}

export interface AdminOptions {
  /** `HOST:PORT` */
  readonly listen: string
  /** The token that the operator chose. */
  readonly token?: string | undefined
  readonly events: EventBook
  readonly clock: Clock
  readonly wall: WallClock
}

export interface Admin {
  /** `http://HOST:PORT` in force. */
  readonly url: string
  /** The link that opens the console, where it holds a token that was made for this run. */
  readonly link?: string | undefined
  /** Shows listeners of /api/events a status before its second is over. */
  showSoon(): void
  close(): Promise<void>
}

const sampleMs = 1_000

/**
 * Serves the admin API, the metrics and the console.
 * @throws RunError with cause and remedy where the address cannot be listened on
 */
export async function openAdmin({ listen, token: chosen, events: book, clock, wall }: AdminOptions, view: AdminView): Promise<Admin> {
  const target = parseHostPort(listen)
  if (target === undefined) throw new RunError(`--admin is ${listen}; accepted: HOST:PORT or off`)
  const loopback = isLoopback(target.host)
  const token = chosen ?? (loopback ? undefined : newToken())
  const events = new StatusEvents(() => view.status(), book)
  const history = new History(sampleMs)
  const gate = token === undefined ? undefined : new TokenGate(token, clock)
  const app = createAdminApp(view, { events, history, gate, loopback, wall })
  try {
    await app.listen({ host: target.host, port: target.port })
  } catch (error) {
    await app.close()
    throw bindError((error as NodeJS.ErrnoException).code ?? 'unknown error', listen, '--admin')
  }
  const bound = app.server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : target.port
  const sampler = setInterval(() => history.sample(wall.now(), view.processes()), sampleMs)
  // An address that means every interface is none that a browser opens everywhere.
  const near = target.host === '0.0.0.0' || target.host === '::' ? 'localhost' : target.host
  return {
    url: `http://${formatHostPort(target.host, port)}`,
    link: token === undefined || token === chosen ? undefined : `http://${formatHostPort(near, port)}/?token=${token}`,
    showSoon: () => events.soon(),
    close: async () => {
      clearInterval(sampler)
      events.close()
      await app.close()
    },
  }
}

interface AppParts {
  readonly events: StatusEvents
  readonly history: History
  readonly gate: TokenGate | undefined
  readonly loopback: boolean
  readonly wall: WallClock
}

function createAdminApp(view: AdminView, { events, history, gate, loopback, wall }: AppParts): FastifyInstance {
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
  if (gate !== undefined) askForToken(app, gate)
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
  app.get('/metrics', async (request, reply) => {
    const { type, text } = expose(await view.metrics(), request.headers.accept)
    return reply.type(type).send(text)
  })
  app.get('/api/status', async () => view.status())
  app.get('/api/history', async () => history.read())
  // A HEAD of an answer without an end would never be answered.
  app.get('/api/events', { exposeHeadRoute: false }, (request, reply) => {
    events.add(reply.raw, readWishes(request.query as object, request.headers['last-event-id']))
    reply.hijack()
  })
  for (const [path, { type, body }] of consoleAssets) {
    app.get(path, async (_request, reply) => reply.headers(consoleHeaders).type(type).send(body))
  }
  actionRoutes(app, view)
  diagnosticRoutes(app, view, wall)
  explainRoute(app, view)
  return app
}
