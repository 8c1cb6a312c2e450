import { Arriving, asks, json, scene, type Ask } from '../case.ts'
import { patternBytes } from '../files.ts'
import type { Suite } from '../suites.ts'

const typed = (path: string, type: string, body: string | Buffer): Ask => ({ method: 'POST', path, fields: [['Content-Type', type]], body })
const accepting = (accept: string): Ask => ({ path: '/format', fields: [['Accept', accept]] })

export const express: Suite = {
  app: { name: 'express', file: 'test/conformance/apps/express.js', kind: 'listener' },
  cases: [
    asks(
      'answers of every kind',
      ...['/text', '/buffer', '/jsonp?callback=f', '/file', '/big', '/download', '/stream', '/vary', '/cookies'].map(
        (path) => [200, path] as const,
      ),
    ),
    asks('statuses', [303, '/redirect'], [202, '/status'], [410, '/gone']),
    asks('HEAD', ...['/text', '/file', '/big', '/stream', '/static/hello.txt'].map((path) => [200, { method: 'HEAD', path }] as const)),
    asks('OPTIONS', [200, { method: 'OPTIONS', path: '/text' }], [404, { method: 'OPTIONS', path: '/nowhere' }]),
    asks(
      'negotiation',
      [200, accepting('application/json')],
      [200, accepting('text/html')],
      [200, accepting('*/*')],
      [406, accepting('image/png')],
    ),
    asks(
      'a JSON body',
      [200, json('/json', { a: [1, 2] })],
      [400, typed('/json', 'application/json', '{')],
      [413, json('/json', 'x'.repeat(5_000))],
      [200, typed('/json', 'text/plain', 'no JSON')],
    ),
    asks(
      'other bodies',
      [200, typed('/form', 'application/x-www-form-urlencoded', 'a=1&a=2&b=%20')],
      [200, typed('/text', 'text/plain; charset=utf-8', 'größe')],
      [200, typed('/raw', 'application/octet-stream', patternBytes(1024 * 1024))],
    ),
    asks('a body in chunks', [
      200,
      { method: 'POST', path: '/json', fields: [['Content-Type', 'application/json']], chunks: ['{"a"', ':1}'] },
    ]),
    asks(
      'static files',
      [200, '/static/hello.txt'],
      [301, '/static/sub'],
      [200, '/static/sub/'],
      [404, '/static/.hidden'],
      [206, { path: '/static/big.bin', fields: [['Range', 'bytes=10-19']] }],
    ),
    asks('several ranges', [200, { path: '/static/hello.txt', fields: [['Range', 'bytes=0-1,3-4']] }]),
    asks(
      'conditional requests',
      [304, { path: '/static/hello.txt', fields: [['If-Modified-Since', 'Tue, 14 Nov 2023 22:13:20 GMT']] }],
      [304, { path: '/text', fields: [['If-None-Match', '*']] }],
    ),
    asks(
      'the request as Express sees it',
      [200, "/request/7?a=1&b[]=2&c='%20"],
      [200, { path: '/request/8', fields: [['X-Requested-With', 'XMLHttpRequest']] }],
    ),
    asks(
      'errors',
      [404, '/nowhere'],
      [500, '/throws'],
      [418, '/rejects'],
      [501, '/caught'],
      [404, { method: 'POST', path: '/buffer', body: 'x' }],
    ),
    scene('a stream whose every piece arrives before the next', [200], async (client) => {
      const arriving = new Arriving()
      const answer = client.ask({ path: '/steps/x' }, arriving.watch)
      for (const step of [1, 2]) {
        await arriving.until(`step ${step}\n`)
        await client.open(`x-${step}`)
      }
      return [await answer]
    }),
  ],
}
