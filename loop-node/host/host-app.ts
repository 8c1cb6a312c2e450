import http, { type RequestListener } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'

import { parseHostPort } from '../../core/address.ts'
import { RunError } from '../../core/errors.ts'
import type { LoopOptions } from '../../config/roles.ts'
import type { ServeTarget } from '../serve-target.ts'
import { findAppFile } from './app-file.ts'
import { classify, type AppShape } from './classify.ts'
import { describeExports, exportedApp } from './exported-app.ts'
import { fastifyFromPlugin, type FastifyInstance } from './fastify-app.ts'
import type { Doors } from './doors.ts'
import type { Front } from './front.ts'
import { loadApp } from './load.ts'
import { takeOverListen, type TakenServer, type TakeOver } from './take-over.ts'

export interface HostedApp {
  /** plugin, instance, listener, server, koa or program. */
  readonly kind: string
  readonly taken: TakenServer
  /** Ends listening and lets the app end: settles when it has. */
  close(): Promise<void>
}

interface HostNotes {
  /** Says what is waited for, for the message when startTimeout passes. */
  readonly stage: (waitingFor: () => string) => void
  readonly warn: (message: string) => void
}

const accepted =
  'accepted are a Fastify plugin, a Fastify instance or a function that returns one, a (req, res) listener, an Express or Koa app, an http.Server, or a program that calls .listen()'

/**
 * Loads the app, finds out what it is, and serves it on the targets.
 * @throws RunError when it is no app; the app's own error when it fails
 */
export async function hostApp(
  options: LoopOptions,
  targets: readonly ServeTarget[],
  front: Front,
  doors: Doors,
  notes: HostNotes,
): Promise<HostedApp> {
  const { settings } = options
  const takeOver = takeOverListen({
    targets,
    publicAddress: options.publicAddress === undefined ? undefined : parseHostPort(options.publicAddress),
    takeFirst: settings.kind === 'auto' || settings.kind === 'program',
    front,
    doors,
    warn: notes.warn,
  })
  const file = findAppFile(settings.app!, process.cwd())
  notes.stage(() => 'the app to load (its module has not finished: a top-level await?)')
  const loaded = await loadApp(file)
  if (takeOver.server() !== undefined || settings.kind === 'program') return program(takeOver, notes, describeExports(loaded))

  let value = exportedApp(loaded)
  let shape = shapeAs(settings.kind, value, loaded)
  if (shape === 'factory') {
    notes.stage(() => 'the function that the app exports to return a server')
    value = await (value as (given: unknown) => unknown)(settings.options)
    if (takeOver.server() !== undefined) return program(takeOver, notes, describeExports(loaded))
    shape = shapeOfResult(value)
  }
  if (shape === undefined) return program(takeOver, notes, describeExports(value === undefined ? loaded : value))
  if (shape === 'plugin')
    return servePlugin(
      await fastifyFromPlugin(value, file.path, settings, options.threads > 1 ? { loop: options.id } : undefined, (server) =>
        takeOver.claim(server),
      ),
      takeOver,
      notes,
      publicPort(options),
    )
  if (shape === 'instance') return serveInstance(value as FastifyInstance, takeOver, notes)
  return serveServer(shape, serverOf(shape, value), takeOver)
}

/** What to do with the export: as the operator says, else as its shape tells. */
function shapeAs(kind: LoopOptions['settings']['kind'], value: unknown, loaded: unknown): AppShape | undefined {
  const shape = classify(value)
  if (kind === 'auto') return shape
  if (kind === 'instance' && shape !== 'instance' && typeof value === 'function') return 'factory'
  if (kind === 'instance' && shape === 'instance') return shape
  if (kind === 'plugin' && typeof value === 'function') return 'plugin'
  if (kind === 'listener' && (shape === 'server' || shape === 'koa')) return shape
  if (kind === 'listener' && typeof value === 'function') return 'listener'
  throw new RunError(`kind is ${kind}, but the app exports ${describeExports(loaded)}; ${accepted}`)
}

// Nobody returns a plugin from a function: what looks like one is a listener with unusual names.
function shapeOfResult(value: unknown): AppShape | undefined {
  const shape = classify(value)
  return shape === 'plugin' || shape === 'factory' ? 'listener' : shape
}

function serverOf(shape: AppShape, value: unknown): http.Server {
  if (shape === 'server') return value as http.Server
  return http.createServer(shape === 'koa' ? (value as { callback(): RequestListener }).callback() : (value as RequestListener))
}

async function program(takeOver: TakeOver, notes: HostNotes, found: string): Promise<HostedApp> {
  notes.stage(() => {
    const others = takeOver.others.length === 0 ? '' : `; it listens with ${takeOver.others.join(' and ')}, which cannot be taken over`
    return `the program to call .listen() on an HTTP server (the module exports ${found}${others}; ${accepted})`
  })
  const taken = await takeOver.listening
  return { kind: 'program', taken, close: async () => taken.stop() }
}

async function serveServer(kind: string, server: http.Server, takeOver: TakeOver): Promise<HostedApp> {
  takeOver.claim(server)
  server.listen(0)
  const taken = await takeOver.listening
  return { kind, taken, close: async () => taken.stop() }
}

async function servePlugin(app: FastifyInstance, takeOver: TakeOver, notes: HostNotes, port: number): Promise<HostedApp> {
  notes.stage(() => 'the Fastify plugin and its onReady hooks')
  await app.ready()
  // Through Fastify's own listen, so that its onListen hooks run.
  const [taken] = await Promise.all([
    takeOver.listening,
    app.listen({ host: '127.0.0.1', port, listenTextResolver: () => 'the app is ready' }),
  ])
  return fastifyHosted('plugin', app, taken)
}

async function serveInstance(app: FastifyInstance, takeOver: TakeOver, notes: HostNotes): Promise<HostedApp> {
  if (!(app.server instanceof http.Server)) {
    throw new RunError(
      'the Fastify instance speaks TLS or HTTP/2 itself; create it without https and http2: the balancer speaks to clients',
    )
  }
  notes.stage(() => 'the Fastify instance and its onReady hooks')
  await app.ready()
  // A module may export its instance and start it too; such a call waits for the same ready().
  await nextTurn()
  takeOver.claim(app.server)
  // Not through Fastify's listen: it would refuse the module's own call that comes later.
  if (takeOver.server() === undefined) app.server.listen(0)
  return fastifyHosted('instance', app, await takeOver.listening)
}

function fastifyHosted(kind: string, app: FastifyInstance, taken: TakenServer): HostedApp {
  return {
    kind,
    taken,
    close: async () => {
      taken.stopFurther()
      await app.close()
      // An instance whose own listen was never called may leave its server open.
      taken.stop()
    },
  }
}

function publicPort(options: LoopOptions): number {
  return (options.publicAddress === undefined ? undefined : parseHostPort(options.publicAddress)?.port) ?? 0
}
