import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'

import type { FastifyInstance } from 'fastify'

/** Is told the route of a request before anything of the app runs for it. @param key the same object for each route */
export type OnRouted = (req: IncomingMessage, key: object, pattern: string | undefined) => void

/**
 * Learns the routes of every Fastify in this process, of whichever version, from its first hook: Fastify announces each
 * instance when it is made, before the app can add hooks of its own. To be called before the app is loaded.
 */
export function watchFastify(onRouted: OnRouted): void {
  subscribe('fastify.initialization', (message) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRequest', (request, _reply, done) => {
      const { config } = request.routeOptions
      onRouted(request.raw, config, config.url)
      done()
    })
  })
}
