import { createHash } from 'node:crypto'

import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'

export async function forms(fastify) {
  await fastify.register(async (scope) => {
    await scope.register(formbody)
    scope.post('/form', async ({ body }) => body)
  })

  await fastify.register(async (scope) => {
    await scope.register(multipart, { limits: { fileSize: 2 * 1024 * 1024, files: 3 } })
    scope.post('/multipart', async (request) => {
      const parts = []
      for await (const part of request.parts()) {
        if (part.type !== 'file') {
          parts.push({ field: part.fieldname, value: part.value })
          continue
        }
        const hash = createHash('sha256')
        let bytes = 0
        for await (const chunk of part.file) {
          bytes += chunk.length
          hash.update(chunk)
        }
        parts.push({
          file: part.fieldname,
          name: part.filename,
          type: part.mimetype,
          bytes,
          sha256: hash.digest('hex'),
          truncated: part.file.truncated,
        })
      }
      return parts
    })
    scope.post('/multipart/buffered', async (request) => {
      const file = await request.file()
      return { name: file.filename, bytes: (await file.toBuffer()).length }
    })
  })
}
