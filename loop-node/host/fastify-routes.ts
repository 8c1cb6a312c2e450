import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'

import type { FastifyInstance } from 'fastify'

import { type DeclarationNotes, watchDeclared } from './declared-routes.ts'

interface FastifyNotes extends DeclarationNotes {
  /** Is told the route of a request before anything of the app runs for it. @param key the same object for each route */
  readonly onRouted: (req: IncomingMessage, key: object, pattern: string | undefined) => void
}

/**
 * Learns the routes of every Fastify in this process, of whichever version, from its first hooks: Fastify announces each
 * instance when it is made, before the app can add hooks of its own. To be called before the app is loaded.
 */
export function watchFastify(notes: FastifyNotes): void {
  subscribe('fastify.initialization', (message) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRequest', (request, _reply, done) => {
      const { config } = request.routeOptions
      notes.onRouted(request.raw, config, config.url)
      done()
    })
    watchDeclared(fastify, notes)
  })
}
