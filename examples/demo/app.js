import { setTimeout as sleep } from 'node:timers/promises'

import websocket from '@fastify/websocket'

import { bodies } from './bodies.js'
import { burn } from './burn.js'
import { page } from './page.js'
import { streams } from './streams.js'

const identity = () => ({ loop: process.env.EVENLOOP_LOOP_ID ?? 'none', pid: process.pid })

const durations = {
  querystring: { type: 'object', properties: { ms: { type: 'integer', minimum: 0, maximum: 60_000, default: 50 } } },
}

/** A Fastify plugin whose routes do what real ones do to an event loop: wait, compute, block, stream. */
export default async function demo(fastify) {
  await fastify.register(websocket, { preClose: closeWebSockets })
  await fastify.register(streams, { identity })
  await fastify.register(bodies, { identity })

  fastify.get('/', async (request, reply) => {
    if (!wantsHtml(request.headers.accept)) return { hello: 'world', ...identity() }
    return reply.type('text/html; charset=utf-8').send(page(identity()))
  })

  fastify.get('/io', { schema: durations }, async ({ query: { ms } }) => {
    await sleep(ms)
    return { waited: ms, ...identity() }
  })

  fastify.get('/cpu', { schema: durations }, async ({ query: { ms } }) => {
    return { burnt: ms, rounds: burn(ms), ...identity() }
  })

  // Blocks the loop as a synchronous call would, but uses no CPU: many blocked loops can be tried on few cores.
  fastify.get('/block', { schema: durations }, async ({ query: { ms } }) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
    return { blocked: ms, ...identity() }
  })

  fastify.get('/ws', { websocket: true }, (socket) => {
    socket.on('message', (data, binary) => socket.send(data, { binary }))
  })
}

/** 1001 tells a browser that the server goes away, so that it connects again; the plugin's default gives no code. */
function closeWebSockets(done) {
  for (const client of this.websocketServer.clients) client.close(1001, 'going away')
  this.websocketServer.close(done)
}

/** A browser names text/html, a program that asks for anything or for JSON gets JSON. */
function wantsHtml(accept = '') {
  const types = accept.split(',').map((part) => part.split(';', 1)[0].trim())
  const html = types.indexOf('text/html')
  const json = types.indexOf('application/json')
  return html !== -1 && (json === -1 || html < json)
}
