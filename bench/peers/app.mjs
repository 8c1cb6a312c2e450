import Fastify from 'fastify'

// The app that every contestant serves, the same instance to the last option: the work itself is next to nothing, so that
// what is measured is the way to it.
export default function app() {
  const fastify = Fastify({ keepAliveTimeout: 0 })
  fastify.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (request, body, done) => done(null, body))
  // Counted as it streams in and not kept, as an app does that takes large uploads.
  fastify.addContentTypeParser('application/x-upload', (request, payload, done) => done(null, payload))

  fastify.get('/json', async () => ({ hello: 'world', items: [1, 2, 3] }))
  fastify.post('/echo', async (request, reply) => {
    reply.type('application/octet-stream')
    return request.body
  })
  fastify.post('/upload', async (request) => {
    let bytes = 0
    for await (const chunk of request.body) bytes += chunk.length
    return { bytes }
  })
  for (const kib of [64, 10 * 1024]) {
    const body = Buffer.alloc(kib * 1024, 'x')
    fastify.get(`/bytes/${kib}k`, async (request, reply) => {
      reply.type('application/octet-stream')
      return body
    })
  }
  return fastify
}
