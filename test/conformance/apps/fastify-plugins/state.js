import cookie from '@fastify/cookie'
import session from '@fastify/session'

export async function state(fastify) {
  await fastify.register(
    async (scope) => {
      await scope.register(cookie, { secret: 'a secret that is known to everyone' })
      scope.get('/set', (_request, reply) =>
        reply
          .setCookie('plain', 'one two', { path: '/' })
          .setCookie('signed', 'value', { signed: true, httpOnly: true, sameSite: 'strict' })
          .setCookie('dated', 'x', { expires: new Date(1_800_000_000_000), secure: 'auto' })
          .clearCookie('old')
          .send('set'),
      )
      scope.get('/read', async (request) => ({ cookies: request.cookies, signed: request.unsignCookie(request.cookies.signed ?? '') }))
    },
    { prefix: '/cookie' },
  )

  await fastify.register(
    async (scope) => {
      let made = 0
      await scope.register(cookie)
      await scope.register(session, {
        secret: 'a secret that is at least thirty-two characters long',
        cookie: { secure: false },
        // Two processes must give the same ids.
        idGenerator: () => `session-${(made += 1)}`,
      })
      scope.get('/count', async ({ session }) => {
        session.count = (session.count ?? 0) + 1
        return { count: session.count, id: session.sessionId }
      })
      scope.post('/end', async ({ session }) => {
        await session.destroy()
        return 'ended'
      })
    },
    { prefix: '/session' },
  )
}
