import { open } from '../gates.js'
import { content } from './content.js'
import { description } from './description.js'
import { forms } from './forms.js'
import { guards } from './guards.js'
import { middleware } from './middleware.js'
import { state } from './state.js'
import { streams } from './streams.js'
import { upstreams } from './upstreams.js'

/** Fastify's popular plugins, each in a scope of its own so that none changes another's answers. */
export default async function app(fastify) {
  fastify.post('/gates/:name', async ({ params }) => {
    open(params.name)
    return 'open'
  })
  for (const part of [content, description, forms, guards, middleware, state, streams, upstreams]) await fastify.register(part)
}
