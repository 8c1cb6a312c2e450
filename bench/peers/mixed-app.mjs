import { setTimeout as after } from 'node:timers/promises'

import Fastify from 'fastify'

// The app of the mixed load: one route that waits as for a database, and one that holds its event loop for BLOCK_MS. Held
// by Atomics.wait, which uses no CPU: so a machine of two cores can show what eight held loops do to the other requests.
const blockMs = Number(process.env.BLOCK_MS ?? 50)
const nobodyWakes = new Int32Array(new SharedArrayBuffer(4))

export default function app() {
  const fastify = Fastify({ keepAliveTimeout: 0 })
  fastify.get('/light', async () => {
    await after(5)
    return { found: 1 }
  })
  fastify.get('/block', async () => {
    Atomics.wait(nobodyWakes, 0, 0, blockMs)
    return { found: 2 }
  })
  return fastify
}
