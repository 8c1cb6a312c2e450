import basicAuth from '@fastify/basic-auth'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'

export async function guards(fastify) {
  await fastify.register(
    async (scope) => {
      await scope.register(cors, {
        origin: ['http://friend.test', /\.family\.test$/],
        credentials: true,
        maxAge: 600,
        exposedHeaders: ['X-Total'],
        methods: ['GET', 'PUT'],
      })
      scope.get('/', (_request, reply) => reply.header('X-Total', '7').send('shared'))
      scope.put('/', async () => 'put')
    },
    { prefix: '/cors' },
  )

  await fastify.register(
    async (scope) => {
      await scope.register(helmet, { contentSecurityPolicy: { directives: { defaultSrc: ["'self'"] } } })
      scope.get('/', async () => 'guarded')
    },
    { prefix: '/helmet' },
  )

  await fastify.register(
    async (scope) => {
      await scope.register(rateLimit, {
        max: 2,
        timeWindow: '1 hour',
        // What counts the seconds differs where the machine is slow.
        addHeadersOnExceeding: { 'x-ratelimit-reset': false },
        addHeaders: { 'x-ratelimit-reset': false, 'retry-after': false },
      })
      scope.get('/', async () => 'allowed')
    },
    { prefix: '/rate-limit' },
  )

  await fastify.register(
    async (scope) => {
      await scope.register(basicAuth, {
        validate: async (name, password) => (name === 'ada' && password === 'l\u00f6velace' ? undefined : new Error('no')),
        authenticate: { realm: 'here' },
      })
      scope.get('/', { onRequest: scope.basicAuth }, async () => 'welcome')
    },
    { prefix: '/basic-auth' },
  )
}
