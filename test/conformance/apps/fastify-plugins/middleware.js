import middie from '@fastify/middie'

export async function middleware(fastify) {
  await fastify.register(
    async (scope) => {
      await scope.register(middie)
      scope.use((_req, res, next) => {
        res.setHeader('X-Middleware', 'first')
        next()
      })
      scope.use('/stop', (_req, res) => res.writeHead(203, { 'X-By': 'middleware' }).end('stopped\n'))
      scope.get('/go', async () => 'gone through')
      scope.get('/stop', async () => 'never')
    },
    { prefix: '/middie' },
  )
}
