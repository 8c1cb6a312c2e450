import { createHash } from 'node:crypto'

/** Requests with a body: one hashed as it streams by, one sent back. */
export async function bodies(fastify, { identity }) {
  await fastify.register(async (scope) => {
    // Hands every body over as the stream it is: memory does not grow with the upload.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))

    scope.post('/upload', async ({ raw }) => {
      const hash = createHash('sha256')
      let bytes = 0
      for await (const chunk of raw) {
        bytes += chunk.length
        hash.update(chunk)
      }
      return { bytes, sha256: hash.digest('hex'), ...identity() }
    })
  })

  await fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))

    scope.all('/echo', async ({ method, url, headers, body = null }) => ({ method, url, headers, body, ...identity() }))
  })
}
