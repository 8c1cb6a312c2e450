import { Readable } from 'node:stream'

/** Requests that Fastify or the app refuses, and handlers that fail. */
export async function errors(fastify) {
  fastify.get('/throws', async () => {
    throw new Error('on purpose')
  })
  fastify.get('/throws-with-status', async () => {
    throw Object.assign(new Error('paid for'), { statusCode: 402, code: 'PAY', headers: { 'X-Price': '3' } })
  })
  fastify.get('/stream-fails', (_request, reply) => {
    async function* pieces() {
      yield 'begun '
      throw new Error('in the middle')
    }
    return reply.type('text/plain').send(Readable.from(pieces()))
  })
  fastify.get('/stream-fails-first', (_request, reply) =>
    reply.send(
      new Readable({
        read() {
          this.destroy(new Error('before the first byte'))
        },
      }),
    ),
  )

  const schema = {
    body: { type: 'object', required: ['n'], properties: { n: { type: 'integer', maximum: 9 } }, additionalProperties: false },
    querystring: { type: 'object', properties: { page: { type: 'integer', default: 1 } } },
    headers: { type: 'object', properties: { 'x-key': { type: 'string', minLength: 3 } } },
    response: { 200: { type: 'object', properties: { n: { type: 'integer' }, page: { type: 'integer' } } } },
  }
  fastify.post('/validated', { schema }, async ({ body, query }) => ({ n: body.n, page: query.page, hidden: 'gone' }))
  fastify.post('/limited', { bodyLimit: 100 }, async ({ body }) => ({ length: JSON.stringify(body).length }))

  await fastify.register(
    async (scope) => {
      scope.setErrorHandler((error, request, reply) =>
        reply
          .code(error.statusCode ?? 599)
          .header('X-Handled', request.method)
          .send({ handled: error.message }),
      )
      scope.setNotFoundHandler((request, reply) => reply.code(404).type('text/html').send(`<p>no ${request.url}</p>`))
      scope.get('/throws', async () => {
        throw new Error('handled')
      })
      scope.post('/json', async ({ body }) => body)
    },
    { prefix: '/handled' },
  )
}
