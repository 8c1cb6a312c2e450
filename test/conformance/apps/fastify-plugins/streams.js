import sse from '@fastify/sse'
import websocket from '@fastify/websocket'

import { open, pass } from '../gates.js'

export async function streams(fastify) {
  await fastify.register(
    async (scope) => {
      await scope.register(sse, { heartbeatInterval: 0 })
      scope.get('/events/:gate', { sse: 'only' }, async ({ params, headers }, reply) => {
        await reply.sse.send({ id: '1', event: 'begin', data: { last: headers['last-event-id'] ?? null }, retry: 1_000 })
        for (const id of ['2', '3']) {
          await pass(`${params.gate}-${id}`)
          await reply.sse.send({ id, data: `line one\nline two of ${id}` })
        }
        async function* more() {
          yield { id: '4', data: 'from a generator' }
          yield { id: '5', event: 'end', data: { done: true } }
        }
        await reply.sse.send(more())
      })
      scope.get('/endless/:name', { sse: 'only' }, async ({ params }, reply) => {
        reply.sse.keepAlive()
        reply.sse.onClose(() => open(`left-${params.name}`))
        await reply.sse.send({ data: 'here' })
      })
      scope.get('/left/:name', async ({ params }) => {
        await pass(`left-${params.name}`)
        return 'left'
      })
      // By hand, as most apps do: comments, and fields without the space.
      scope.get('/by-hand', (_request, reply) => {
        reply.hijack()
        reply.raw.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' })
        reply.raw.write(': a comment\n\n')
        reply.raw.write('id:7\ndata:tight\n\n')
        reply.raw.end('event: end\ndata\n\n')
      })
    },
    { prefix: '/sse' },
  )

  await fastify.register(
    async (scope) => {
      await scope.register(websocket, {
        options: {
          maxPayload: 2 * 1024 * 1024,
          handleProtocols: (offered) => (offered.has('echo') ? 'echo' : false),
          perMessageDeflate: { threshold: 0 },
        },
      })
      scope.get('/echo', { websocket: true }, (socket, request) => {
        socket.send(JSON.stringify({ hello: request.query, protocol: socket.protocol, cookie: request.headers.cookie ?? null }))
        socket.on('message', (data, binary) =>
          String(data) === 'leave' ? socket.close(4_001, 'as you wish') : socket.send(data, { binary }),
        )
      })
      scope.get('/guarded', {
        websocket: true,
        preValidation: async (_request, reply) => reply.code(401).header('X-Why', 'no ticket').send({ error: 'no ticket' }),
        handler: (socket) => socket.close(),
      })
    },
    { prefix: '/websocket' },
  )
}
