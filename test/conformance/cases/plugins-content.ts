import { asks, json, scene, type Ask, type Case } from '../case.ts'
import type { Field } from '../answer.ts'

const at = (path: string, ...fields: readonly Field[]): Ask => ({ path, fields })
const accepting = (path: string, coding: string): Ask => at(path, ['Accept-Encoding', coding])

/** static, compress, etag, accepts, caching, swagger, sensible, url-data. */
export const contentCases: readonly Case[] = [
  asks(
    'static: files',
    [200, '/static/hello.txt'],
    [200, '/static/page.html'],
    [200, '/static/empty.txt'],
    [200, '/static/data.json'],
    [200, '/static/na%C3%AFve%20name.txt'],
  ),
  asks('static: a file of 3 MiB', [200, '/static/big.bin']),
  asks('static: HEAD', [200, { method: 'HEAD', path: '/static/big.bin' }], [404, { method: 'HEAD', path: '/static/none' }]),
  asks('static: a directory and its redirect', [200, '/static/sub/'], [301, '/static/sub'], [301, '/static/sub?q=1']),
  asks(
    'static: what is not served',
    [404, '/static/none.txt'],
    [403, '/static/../app.js'],
    [403, '/static/%2e%2e/app.js'],
    [404, { method: 'POST', path: '/static/hello.txt' }],
  ),
  asks(
    'static: ranges',
    [206, at('/static/big.bin', ['Range', 'bytes=100-199'])],
    [206, at('/static/big.bin', ['Range', 'bytes=-50'])],
    [206, at('/static/hello.txt', ['Range', 'bytes=7-'])],
    [416, at('/static/hello.txt', ['Range', 'bytes=9999-'])],
    [206, at('/static/hello.txt', ['Range', 'bytes=0-1'], ['If-Range', 'Tue, 14 Nov 2023 22:13:20 GMT'])],
  ),
  scene('static: conditional requests', [200, 304, 304, 200, 412], async (client) => {
    const first = await client.ask({ path: '/static/hello.txt' })
    const etag = first.fields.find(([name]) => name.toLowerCase() === 'etag')![1]
    return [
      first,
      await client.ask(at('/static/hello.txt', ['If-None-Match', etag])),
      await client.ask(at('/static/hello.txt', ['If-Modified-Since', 'Tue, 14 Nov 2023 22:13:20 GMT'])),
      await client.ask(at('/static/hello.txt', ['If-Modified-Since', 'Mon, 13 Nov 2023 22:13:20 GMT'])),
      await client.ask(at('/static/hello.txt', ['If-Match', '"other"'])),
    ]
  }),
  asks('static: a download', [200, '/download']),

  asks(
    'compress: every coding',
    ...['gzip', 'br', 'deflate', 'identity', '*', 'gzip;q=0.5, br;q=1', 'zstd-unknown'].map(
      (coding) => [200, accepting('/compress/json', coding)] as const,
    ),
  ),
  asks('compress: nothing asked', [200, '/compress/json']),
  asks('compress: a stream', [200, accepting('/compress/stream', 'gzip')], [200, accepting('/compress/pieces', 'br')]),
  asks(
    'compress: what is not compressed',
    [200, accepting('/compress/small', 'gzip')],
    [200, accepting('/compress/image', 'gzip')],
    [200, accepting('/compress/off', 'gzip')],
  ),
  asks('compress: HEAD', [200, { ...accepting('/compress/json', 'gzip'), method: 'HEAD' }]),
  asks('compress: a compressed request', [
    200,
    {
      method: 'POST',
      path: '/compress/inflated',
      fields: [
        ['Content-Type', 'application/json'],
        ['Content-Encoding', 'gzip'],
      ],
      body: Buffer.from('1f8b0800000000000003ab564a54b2523252aa05002c724a0709000000', 'hex'),
    },
  ]),

  asks(
    'etag: given and matched',
    [200, '/etag/text'],
    [200, '/etag/own'],
    [304, at('/etag/own', ['If-None-Match', '"own"'])],
    [304, at('/etag/weak', ['If-None-Match', '"weak"'])],
    [200, at('/etag/own', ['If-None-Match', '"another"'])],
    [200, { method: 'HEAD', path: '/etag/text' }],
  ),
  asks(
    'accepts: negotiation',
    [200, '/accepts'],
    [
      200,
      at(
        '/accepts',
        ['Accept', 'text/html, application/json;q=0.9'],
        ['Accept-Language', 'de-DE, en;q=0.5'],
        ['Accept-Encoding', 'br, gzip;q=0.2'],
        ['Accept-Charset', 'latin1'],
      ),
    ],
    [200, at('/accepts', ['Accept', 'image/*'])],
  ),
  asks('caching: headers', [200, '/caching']),
  asks('swagger: the description', [200, '/swagger.json'], [200, '/swagger.yaml']),
  asks('swagger: what it describes', [200, '/items/7'], [400, '/items/seven']),
  asks('sensible: errors and helpers', [418, '/sensible/teapot'], [404, '/sensible/missing'], [200, '/sensible/cache']),
  asks('url-data: parts of the address', [200, '/url-data?a=b%20c&d']),
  asks(
    'formbody: a form',
    [200, form('a=1&b=two%20words&b=again&%C3%BC=%E2%82%AC')],
    [200, form('')],
    [415, { ...form('a=1'), fields: [['Content-Type', 'text/csv']] }],
  ),
  asks('JSON where a form is expected', [200, json('/form', { a: 1 })]),
]

function form(body: string): Ask {
  return { method: 'POST', path: '/form', fields: [['Content-Type', 'application/x-www-form-urlencoded']], body }
}
