import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

const pieces = (fallback) => ({
  querystring: {
    type: 'object',
    properties: {
      n: { type: 'integer', minimum: 0, maximum: 100_000, default: fallback },
      ms: { type: 'integer', minimum: 0, maximum: 60_000, default: 200 },
    },
  },
})

/** Responses that take their time: chunked pieces, and server-sent events. */
export async function streams(fastify, { identity }) {
  const closing = new AbortController()
  // Without this an endless stream would hold a draining loop until its limit.
  fastify.addHook('preClose', async () => closing.abort())

  /** Yields 1 to n (n = 0: without end), ms apart, until the app closes. */
  async function* ticks(n, ms) {
    const last = n === 0 ? Infinity : n
    for (let i = 1; i <= last && !closing.signal.aborted; i++) {
      yield i
      if (i < last) await sleep(ms, undefined, { signal: closing.signal }).catch(() => {})
    }
  }

  fastify.get('/stream', { schema: pieces(5) }, async ({ query: { n, ms } }, reply) => {
    async function* lines() {
      for await (const i of ticks(n, ms)) yield `piece ${i}\n`
    }
    return reply.type('text/plain; charset=utf-8').send(Readable.from(lines()))
  })

  fastify.get('/sse', { schema: pieces(0) }, async ({ query: { n, ms } }, reply) => {
    async function* events() {
      for await (const i of ticks(n, ms)) yield `id: ${i}\nevent: tick\ndata: ${JSON.stringify({ tick: i, ...identity() })}\n\n`
    }
    return reply.type('text/event-stream').header('cache-control', 'no-store').send(Readable.from(events()))
  })
}
