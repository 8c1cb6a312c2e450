import Fastify from 'fastify'

// The app that every contestant serves, the same instance to the last option: the work itself is next to nothing, so that
// what is measured is the way to it.
export default function app() {
  const fastify = Fastify({ keepAliveTimeout: 0 })
  fastify.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (request, body, done) => done(null, body))
  fastify.get('/json', async () => ({ hello: 'world', items: [1, 2, 3] }))
  fastify.post('/echo', async (request, reply) => {
    reply.type('application/octet-stream')
    return request.body
  })
  return fastify
}
