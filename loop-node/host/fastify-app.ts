import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

import { fastify, type FastifyInstance, type FastifyPluginCallback } from 'fastify'

import { trustedHops } from './trusted-hops.ts'

export type { FastifyInstance }

interface FastifySettings {
  readonly logLevel: string
  readonly startTimeout: number
  readonly trustedProxies: readonly string[]
  readonly options: Record<string, unknown>
}

/** What is in every line of the log of a thread: pino writes past the thread's own streams, by which its loop would be known. */
type LogBase = { readonly loop: string } | undefined

/**
 * A Fastify instance with the app's plugin registered; its errors come out of ready().
 * @param claim is given its server before the plugin runs: the plugin may open another one
 */
export async function fastifyFromPlugin(
  plugin: unknown,
  appPath: string,
  settings: FastifySettings,
  base: LogBase,
  claim: (server: FastifyInstance['server']) => void,
): Promise<FastifyInstance> {
  const create = await fastifyOf(appPath)
  const app = create({
    logger: { level: settings.logLevel, ...(base === undefined ? {} : { base }) },
    ...withoutRequestLog(create, settings.logLevel),
    // The id that the balancer gave the request, in the app's own log too.
    requestIdHeader: 'x-request-id',
    trustProxy: trustedHops(settings.trustedProxies) as (address: string, hop: number) => boolean,
    // startTimeout decides how long a plugin may take; Fastify names the plugin that took too long, so it goes first.
    pluginTimeout: Math.max(1, Math.floor(settings.startTimeout * 0.9)),
    // In a drain the balancer sends nothing new; whatever still arrives had been accepted and is answered.
    return503OnClosing: false,
  })
  claim(app.server)
  app.register(plugin as FastifyPluginCallback<Record<string, unknown>>, settings.options)
  return app
}

// Two lines for each request would pass through the supervisor, which no request is to cost anything: only on demand.
function withoutRequestLog(create: typeof fastify, logLevel: string): object {
  if (logLevel === 'debug' || logLevel === 'trace') return {}
  const options = { disableRequestLogging: true }
  // Fastify 5.12 moved the option, and warns of the old place.
  const { LogController } = create as Partial<Pick<typeof fastify, 'LogController'>>
  return LogController === undefined ? options : { logController: new LogController(options) }
}

// An app that has its own Fastify is written for that version: ours may refuse its plugins.
async function fastifyOf(appPath: string): Promise<typeof fastify> {
  let own: string
  try {
    own = createRequire(appPath).resolve('fastify')
  } catch {
    return fastify
  }
  const loaded = (await import(pathToFileURL(own).href)) as { default: typeof fastify }
  return loaded.default
}
