import { Arriving, asks, scene, type Ask } from '../case.ts'
import { patternBytes } from '../files.ts'
import type { Suite } from '../suites.ts'

const upload = (more: Partial<Ask>): Ask => ({ method: 'POST', path: '/upload', ...more })

export const koa: Suite = {
  app: { name: 'koa', file: 'test/conformance/apps/koa.js', kind: 'listener' },
  cases: [
    asks(
      'bodies of every kind',
      ...['/text', '/html', '/json', '/buffer', '/stream', '/big', '/blob', '/attachment', '/raw'].map((path) => [200, path] as const),
    ),
    asks('statuses', [204, '/empty'], [204, '/none'], [302, '/redirect'], [203, '/web'], [404, '/nowhere']),
    asks('HEAD', ...['/text', '/json', '/stream', '/big'].map((path) => [200, { method: 'HEAD', path }] as const)),
    asks('conditional requests', [200, '/fresh'], [304, { path: '/fresh', fields: [['If-None-Match', '"v1"']] }]),
    asks('signed cookies', [200, '/cookies'], [200, { path: '/cookies', fields: [['Cookie', 'signed=value; signed.sig=forged']] }]),
    asks(
      'negotiation',
      [
        200,
        {
          path: '/accepts',
          fields: [
            ['Accept', 'text/html'],
            ['Accept-Encoding', 'gzip'],
            ['Accept-Language', 'en'],
          ],
        },
      ],
      [200, '/accepts'],
    ),
    asks('errors', [403, '/throws'], [500, '/fails'], [200, '/stream-fails']),
    asks(
      'uploads',
      [200, upload({ body: 'hello', fields: [['Content-Type', 'text/plain']] })],
      [200, upload({ body: patternBytes(1024 * 1024) })],
      [200, upload({ chunks: ['{}', ' '], fields: [['Content-Type', 'application/json']] })],
    ),
    asks('the request as Koa sees it', [200, '/request?a=1&a=2&b=%20'], [200, { method: 'PURGE', path: '/request', body: '' }]),
    scene('a stream whose every piece arrives before the next', [200], async (client) => {
      const arriving = new Arriving()
      const answer = client.ask({ path: '/steps/k' }, arriving.watch)
      for (const step of [1, 2]) {
        await arriving.until(`step ${step}\n`)
        await client.open(`k-${step}`)
      }
      return [await answer]
    }),
  ],
}
