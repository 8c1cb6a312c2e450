import sensible from '@fastify/sensible'
import swagger from '@fastify/swagger'
import urlData from '@fastify/url-data'

export async function description(fastify) {
  await fastify.register(async (scope) => {
    await scope.register(swagger, { openapi: { info: { title: 'conformance', version: '1.0.0' } } })
    const item = { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } }, required: ['id'] }
    scope.get(
      '/items/:id',
      { schema: { tags: ['items'], params: { type: 'object', properties: { id: { type: 'integer' } } }, response: { 200: item } } },
      async ({ params }) => ({
        id: params.id,
        name: 'item',
        hidden: true,
      }),
    )
    scope.get('/swagger.json', { schema: { hide: true } }, async () => scope.swagger())
    scope.get('/swagger.yaml', { schema: { hide: true } }, (_request, reply) => reply.type('text/yaml').send(scope.swagger({ yaml: true })))
  })

  await fastify.register(async (scope) => {
    await scope.register(sensible)
    scope.get('/sensible/teapot', async () => {
      throw scope.httpErrors.imateapot('short and stout')
    })
    scope.get('/sensible/missing', (_request, reply) => reply.notFound('not this one'))
    scope.get('/sensible/cache', async (_request, reply) => {
      reply.cacheControl('max-age', 60)
      reply.cacheControl('private')
      reply.vary('Accept')
      return 'cached'
    })
  })

  await fastify.register(async (scope) => {
    await scope.register(urlData)
    scope.get('/url-data', async (request) => ({
      path: request.urlData('path'),
      query: request.urlData('query'),
      host: request.urlData('host') ?? null,
    }))
  })
}
