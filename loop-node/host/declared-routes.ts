import { inspect } from 'node:util'

import type { FastifyInstance } from 'fastify'

import { isRouteClass } from '../../core/route-counts.ts'
import type { RouteClass } from '../../core/status.ts'

/** Is told of each route of which the app says itself whether it blocks, by `config: { evenloop: 'blocking' }` and the like. */
export type OnDeclared = (method: string, pattern: string, declared: RouteClass) => void

export interface DeclarationNotes {
  readonly onDeclared: OnDeclared
  readonly warn: (message: string) => void
}

interface Added {
  readonly methods: readonly string[]
  readonly pattern: string
  /** Its `config` may be changed by hooks of the app that come behind ours. */
  readonly options: { readonly config?: object | undefined }
}

/** Learns them from a Fastify that has no routes yet; tells of them when the app is ready, before its first request. */
export function watchDeclared(fastify: FastifyInstance, { onDeclared, warn }: DeclarationNotes): void {
  const added: Added[] = []
  const warned = new Set<string>()
  fastify.addHook('onRoute', (options) => {
    const { method, url } = options
    // Copied: Fastify writes another method and URL into the same object for a second form of the route.
    added.push({ methods: typeof method === 'string' ? [method] : [...method], pattern: url, options })
  })
  fastify.addHook('onReady', (done) => {
    for (const { methods, pattern, options } of added.splice(0)) {
      const said = (options.config as { readonly evenloop?: unknown } | undefined)?.evenloop
      if (said === undefined) continue
      if (isRouteClass(said)) {
        for (const method of methods) onDeclared(method, pattern, said)
        continue
      }
      const value = inspect(said, { depth: 0, breakLength: Infinity })
      if (warned.has(value)) continue
      warned.add(value)
      warn(
        `the config of the app's route ${methods[0]} ${pattern} has evenloop: ${value}, which is ignored; accepted are 'blocking' and 'async'`,
      )
    }
    done()
  })
}
