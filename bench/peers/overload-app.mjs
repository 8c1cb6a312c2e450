import Fastify from 'fastify'

// The app of the overload: each request holds its event loop for 5 ms by Atomics.wait, which uses no CPU. So a loop has the
// same capacity on every machine, and the balancer and the clients take nothing of it.
const holdMs = 5
const nobodyWakes = new Int32Array(new SharedArrayBuffer(4))
const hold = () => Atomics.wait(nobodyWakes, 0, 0, holdMs)
const page = 'x'.repeat(200_000)

export default function app() {
  const fastify = Fastify({ keepAliveTimeout: 0 })
  fastify.get('/work', async () => {
    hold()
    return { done: true }
  })
  fastify.get('/page', async () => {
    hold()
    return page
  })
  fastify.post('/work', async (request) => {
    hold()
    return { bytes: request.body.length }
  })
  return fastify
}
