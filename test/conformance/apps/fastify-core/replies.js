import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'

import { pass } from '../gates.js'

const big = () => createReadStream(path.join(process.env.CONFORMANCE_FILES, 'big.bin'))

/** Every kind of answer that a handler can give. */
export async function replies(fastify) {
  fastify.get('/json', async () => ({ hello: 'w\u00f6rld', nested: { list: [1, null, true] } }))
  fastify.get('/string', async () => 'a string')
  fastify.get('/buffer', (_request, reply) => reply.send(Buffer.from([0, 1, 2, 255])))
  fastify.get('/typed-array', (_request, reply) => reply.send(new Uint16Array([1, 2, 3])))
  fastify.get('/null', (_request, reply) => reply.send(null))
  fastify.get('/nothing', (_request, reply) => reply.code(204).send())
  fastify.get('/created', (_request, reply) => reply.code(201).header('Location', '/things/1').send({ id: 1 }))
  fastify.get('/redirect', (_request, reply) => reply.redirect('/json?from=redirect', 307))
  fastify.get('/not-modified', (_request, reply) => reply.code(304).header('etag', '"x"').send())
  fastify.get('/file', (_request, reply) => reply.type('application/octet-stream').send(big()))
  fastify.get('/sized-file', (_request, reply) => reply.header('content-length', 3 * 1024 * 1024).send(big()))
  fastify.get('/web-stream', (_request, reply) => reply.type('text/plain').send(Readable.toWeb(Readable.from(['web ', 'stream']))))
  fastify.get('/response', async () => new Response('a Response', { status: 203, headers: { 'X-Web': '1' } }))
  fastify.get('/trailers', (_request, reply) => {
    const hash = createHash('sha256').update('with trailers')
    reply.trailer('x-sum', async () => hash.digest('hex'))
    reply.trailer('x-slow', (_reply, _payload, done) => setImmediate(done, null, 'later'))
    reply.send('with trailers')
  })
  fastify.get('/hijacked', (_request, reply) => {
    reply.hijack()
    reply.raw.setHeader('X-Raw', 'yes')
    reply.raw.writeHead(200, { 'Content-Type': 'text/plain' })
    reply.raw.write('raw ')
    reply.raw.end('answer')
  })
  fastify.get('/hints', async (_request, reply) => {
    reply.raw.writeEarlyHints({ link: '</a.css>; rel=preload; as=style' })
    return 'hinted'
  })
  fastify.get('/steps/:gate', (_request, reply) => {
    async function* pieces() {
      for (const step of [1, 2, 3]) {
        yield `step ${step}\n`
        await pass(`${_request.params.gate}-${step}`)
      }
    }
    return reply.type('text/plain').send(Readable.from(pieces()))
  })
  fastify.get('/request', async (request) => ({
    ip: request.ip,
    host: request.host,
    hostname: request.hostname,
    protocol: request.protocol,
    url: request.url,
    originalUrl: request.originalUrl,
    query: request.query,
    remote: request.socket.encrypted ?? false,
  }))
  fastify.get('/params/:one/*', async ({ params }) => params)
  fastify.all('/method', async ({ method }, reply) => reply.header('X-Method', method).send({ method }))
}
