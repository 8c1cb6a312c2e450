import { fastify, type FastifyInstance } from 'fastify'
import { expect, test } from 'vitest'

import { watchDeclared } from './declared-routes.ts'

/** What an app says of its routes, and what is said to its operator. */
async function declared(app: (made: FastifyInstance) => void): Promise<{ routes: string[]; warnings: string[] }> {
  const routes: string[] = []
  const warnings: string[] = []
  const made = fastify()
  watchDeclared(made, {
    onDeclared: (method, pattern, said) => routes.push(`${method} ${pattern} ${said}`),
    warn: (message) => warnings.push(message),
  })
  app(made)
  await made.ready()
  await made.close()
  return { routes, warnings }
}

const ok = async (): Promise<string> => 'ok'
// As apps do, whose compiler knows nothing of ours.
const config = (evenloop: unknown): { readonly config: object } => ({ config: { evenloop } })

test('hears what the app says of its routes, also those in plugins with a prefix, and of HEAD with GET', async () => {
  const { routes, warnings } = await declared((made) => {
    made.get('/plain', ok)
    made.get('/report/:id', config('blocking'), ok)
    made.register(
      (inner, _options, done) => {
        inner.post('/', config('async'), ok)
        inner.route({ method: ['PUT', 'PATCH'], url: '/both', ...config('blocking'), handler: ok })
        done()
      },
      { prefix: '/in' },
    )
  })
  expect(routes).toEqual([
    'GET /report/:id blocking',
    'HEAD /report/:id blocking',
    'POST /in async',
    'PUT /in/both blocking',
    'PATCH /in/both blocking',
  ])
  expect(warnings).toEqual([])
})

test('hears what a hook of the app says of many routes', async () => {
  const { routes } = await declared((made) => {
    made.addHook('onRoute', (options) => {
      if (options.url.startsWith('/admin')) options.config = { ...options.config, ...config('blocking').config }
    })
    made.post('/admin/reports', ok)
  })
  expect(routes).toEqual(['POST /admin/reports blocking'])
})

test('a word that means nothing is said once, with the words that do, and ignored', async () => {
  const { routes, warnings } = await declared((made) => {
    made.get('/a', config('slow'), ok)
    made.get('/b', config('slow'), ok)
    made.post('/c', config({ class: 'blocking' }), ok)
    made.post('/d', config(undefined), ok)
  })
  expect(routes).toEqual([])
  expect(warnings).toEqual([
    "the config of the app's route GET /a has evenloop: 'slow', which is ignored; accepted are 'blocking' and 'async'",
    "the config of the app's route POST /c has evenloop: { class: 'blocking' }, which is ignored; accepted are 'blocking' and 'async'",
  ])
})
