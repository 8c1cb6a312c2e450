import { Arriving, asks, bytesOf, json, scene, type Ask, type Case } from '../case.ts'
import { patternBytes } from '../files.ts'
import type { Suite } from '../suites.ts'

const typed = (path: string, type: string, body: string | Buffer, method = 'POST'): Ask => ({
  method,
  path,
  fields: [['Content-Type', type]],
  body,
})

const errorCases: readonly Case[] = [
  asks(
    'nothing there',
    [404, '/nowhere'],
    [404, { method: 'DELETE', path: '/json' }],
    [400, '/%zz'],
    [404, { method: 'PROPFIND', path: '/json' }],
  ),
  asks('a handler that throws', [500, '/throws'], [402, '/throws-with-status'], [500, { method: 'HEAD', path: '/throws' }]),
  asks('a stream that fails', [200, '/stream-fails'], [500, '/stream-fails-first']),
  asks(
    'validation',
    [200, json('/validated', { n: 3, more: 1 })],
    [200, json('/validated?page=7', { n: '4' })],
    [400, json('/validated', {})],
    [400, json('/validated', { n: 10 })],
    [400, json('/validated?page=x', { n: 1 })],
    [
      400,
      {
        ...json('/validated', { n: 1 }),
        fields: [
          ['Content-Type', 'application/json'],
          ['X-Key', 'a'],
        ],
      },
    ],
  ),
  asks(
    'bodies that are refused',
    [400, typed('/validated', 'application/json', '{"n":')],
    [400, typed('/validated', 'application/json', '')],
    [415, typed('/validated', 'application/xml', '<n/>')],
    [415, { method: 'POST', path: '/validated', body: 'no type' }],
    [400, typed('/validated', 'application/json', '{"n":1,"__proto__":{}}')],
  ),
  asks('too large a body, announced', [200, json('/limited', 'x'.repeat(50))], [413, json('/limited', 'x'.repeat(500))]),
  asks('too large a body, in chunks', [
    413,
    { method: 'POST', path: '/limited', fields: [['Content-Type', 'application/json']], chunks: ['"', 'x'.repeat(300), '"'] },
  ]),
  asks(
    'handlers of errors and of what is not there',
    [599, '/handled/throws'],
    [404, '/handled/nowhere'],
    [400, typed('/handled/json', 'application/json', '{')],
  ),
]

const replyCases: readonly Case[] = [
  asks(
    'answers of every kind',
    ...['/json', '/string', '/buffer', '/typed-array', '/null', '/web-stream', '/hijacked'].map((path) => [200, path] as const),
  ),
  asks('statuses', [204, '/nothing'], [201, '/created'], [307, '/redirect'], [304, '/not-modified'], [203, '/response']),
  asks('HEAD', ...['/json', '/string', '/file', '/sized-file'].map((path) => [200, { method: 'HEAD', path }] as const)),
  asks('files', [200, '/file'], [200, '/sized-file']),
  asks('trailers', [200, '/trailers']),
  asks('early hints', [200, '/hints']),
  scene('a generator whose every piece arrives before the next', [200], async (client) => {
    const arriving = new Arriving()
    const answer = client.ask({ path: '/steps/g' }, arriving.watch)
    for (const step of [1, 2, 3]) {
      await arriving.until(`step ${step}\n`)
      await client.open(`g-${step}`)
    }
    return [await answer]
  }),
  asks(
    'the request as Fastify sees it',
    [200, "/request?a=1&a=2&b[]=%20&c=';!*()"],
    [200, { path: '/request', fields: [['X-Other', '1']] }],
  ),
  asks('parameters', [200, '/params/%C3%A4%2Fb/rest/of//it'], [200, '/params/a+b/%25']),
  asks('methods', ...['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => [200, { method, path: '/method' }] as const)),
]

const hookCases: readonly Case[] = [
  scene('hooks of a request that ends well', [200, 200], async (client) => [
    await client.ask(json('/hooked/ok/well', { a: 1 })),
    await client.ask({ path: '/responded/well' }),
  ]),
  scene('hooks of a request that fails', [500, 200], async (client) => [
    await client.ask({ path: '/hooked/fails/ill' }),
    await client.ask({ path: '/responded/ill' }),
  ]),
  scene('hooks of a request whose client goes', [200, 200], async (client) => {
    const wire = await client.connect()
    wire.send(bytesOf({ path: '/hooked/hangs/gone' }))
    const began = await client.ask({ path: '/began/gone' })
    wire.reset()
    return [began, await client.ask({ path: '/aborted/gone' })]
  }),
  asks(
    'bodies of other types',
    [200, typed('/parsed/', 'application/x-sum', patternBytes(300_000))],
    [200, typed('/parsed/', 'text/csv; charset=utf-8', 'a,ü\n')],
    [200, { method: 'POST', path: '/parsed/', fields: [['Content-Type', 'application/x-sum']], chunks: ['one', 'two'] }],
    [200, json('/parsed/', { gone: true }, 'DELETE')],
    [200, { method: 'DELETE', path: '/parsed/' }],
  ),
]

export const fastifyCore: Suite = {
  app: { name: 'fastify-core', file: 'test/conformance/apps/fastify-core/app.js', kind: 'plugin' },
  cases: [...errorCases, ...replyCases, ...hookCases],
}
