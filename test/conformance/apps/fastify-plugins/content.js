import { createReadStream } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'

import accepts from '@fastify/accepts'
import caching from '@fastify/caching'
import compress from '@fastify/compress'
import etag from '@fastify/etag'
import staticFiles from '@fastify/static'

const root = process.env.CONFORMANCE_FILES
const numbers = { numbers: Array.from({ length: 1_000 }, (_, n) => n) }

export async function content(fastify) {
  await fastify.register(async (scope) => {
    await scope.register(staticFiles, {
      root,
      prefix: '/static/',
      list: false,
      index: 'index.html',
      redirect: true,
      maxAge: '1h',
      immutable: true,
    })
    scope.get('/download', (_request, reply) => reply.download('hello.txt', 'na\u00efve name.txt', { root }))
  })

  await fastify.register(async (scope) => {
    await scope.register(compress, { threshold: 100 })
    scope.get('/compress/json', async () => numbers)
    scope.get('/compress/small', async () => 'small')
    scope.get('/compress/stream', (_request, reply) => reply.type('text/plain').send(createReadStream(path.join(root, 'data.json'))))
    scope.get('/compress/image', (_request, reply) => reply.type('image/png').send(Buffer.alloc(1_000)))
    scope.get('/compress/off', { compress: false }, async () => numbers)
    scope.post('/compress/inflated', async ({ body }) => body)
    scope.get('/compress/pieces', (_request, reply) =>
      reply.type('text/plain').send(Readable.from(['one '.repeat(100), 'two '.repeat(100)])),
    )
  })

  await fastify.register(async (scope) => {
    await scope.register(etag)
    scope.get('/etag/text', async () => 'the same each time')
    scope.get('/etag/own', (_request, reply) => reply.header('etag', '"own"').send('own'))
    scope.get('/etag/weak', (_request, reply) => reply.header('etag', 'W/"weak"').send('weak'))
  })

  await fastify.register(async (scope) => {
    await scope.register(accepts)
    scope.get('/accepts', async (request) => {
      const accept = request.accepts()
      return {
        type: accept.type(['json', 'html', 'text']),
        encodings: accept.encodings(),
        charset: accept.charset(['utf-8', 'latin1']),
        languages: accept.languages(['de', 'en']),
      }
    })
  })

  await fastify.register(async (scope) => {
    await scope.register(caching, { privacy: caching.privacy.PUBLIC, expiresIn: 300, serverExpiresIn: 600 })
    scope.get('/caching', (_request, reply) => reply.etag('v1').expires(new Date(1_800_000_000_000)).send('cached'))
  })
}
