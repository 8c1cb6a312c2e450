import { open } from '../gates.js'
import { errors } from './errors.js'
import { hooks } from './hooks.js'
import { replies } from './replies.js'

/** What Fastify itself does with requests and answers. */
export default async function app(fastify) {
  fastify.post('/gates/:name', async ({ params }) => {
    open(params.name)
    return 'open'
  })
  for (const part of [errors, hooks, replies]) await fastify.register(part)
}
