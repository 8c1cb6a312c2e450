import { createHash } from 'node:crypto'

import { open, pass } from '../gates.js'

const logs = new Map()

/** The hooks of one request's life, and parsers of its body. */
export async function hooks(fastify) {
  await fastify.register(
    async (scope) => {
      const note = (request, what) => logs.set(request.params.name, [...(logs.get(request.params.name) ?? []), what])
      for (const name of ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'onSend', 'onRequestAbort', 'onTimeout', 'onError']) {
        scope.addHook(name, async (request, ...rest) => {
          note(request, name)
          if (name === 'onRequestAbort') open(`aborted-${request.params.name}`)
          return name === 'preParsing' || name === 'onSend' ? rest[1] : undefined
        })
      }
      scope.addHook('onResponse', async (request, reply) => {
        note(request, `onResponse ${reply.statusCode}`)
        open(`responded-${request.params.name}`)
      })
      scope.post('/ok/:name', async ({ body }) => body)
      scope.get('/fails/:name', async () => {
        throw new Error('fails')
      })
      scope.get('/hangs/:name', async (request) => {
        open(`began-${request.params.name}`)
        await pass(`released-${request.params.name}`)
        return 'too late'
      })
    },
    { prefix: '/hooked' },
  )
  for (const gate of ['began', 'responded', 'aborted']) {
    fastify.get(`/${gate}/:name`, async ({ params }) => {
      await pass(`${gate}-${params.name}`)
      return logs.get(params.name)
    })
  }

  await fastify.register(
    async (scope) => {
      scope.addContentTypeParser('application/x-sum', async (_request, payload) => {
        const hash = createHash('sha256')
        for await (const chunk of payload) hash.update(chunk)
        return { sha256: hash.digest('hex') }
      })
      scope.addContentTypeParser(/^text\/.*/, { parseAs: 'string' }, (_request, body, done) => done(null, { text: body }))
      scope.post('/', async ({ body }) => body)
      scope.route({ method: ['GET', 'DELETE'], url: '/', handler: async ({ body }) => ({ body: body ?? null }) })
    },
    { prefix: '/parsed' },
  )
}
