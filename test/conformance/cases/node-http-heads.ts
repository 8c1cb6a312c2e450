import { asks, type Ask, type Case } from '../case.ts'

// Every character that a request target may have in Node's strict parser, and some that RFC 3986 does not know.
const oddQuery = '/seen?a=b&&c=%00%ff&d[]=1&e=\';:@/?!$()*,~-._&f=|^`{}"<>&=&g==&h=+%20&%'

const usual = ['POST', 'PUT', 'PATCH']
const rare = ['PROPFIND', 'REPORT', 'PURGE', 'M-SEARCH']
const bare = (method: string): readonly [number, Ask] => [200, { method, path: '/seen?method' }]

/** Cases whose point is the head of the request or of the answer. */
export const headCases: readonly Case[] = [
  asks('a body with a length', [200, '/plain']),
  asks('no body at all', [200, '/empty']),
  asks('a path that is not there', [404, '/nowhere']),
  asks('headers set one by one and a reason of its own', [202, '/implicit']),
  asks('headers from a flat array, repeated and in two spellings', [200, '/flat']),
  asks('an unusual status and reason', [299, '/reason']),
  asks(
    'a status without a body',
    [204, '/status/204'],
    [205, '/status/205'],
    [301, '/status/301'],
    [418, '/status/418'],
    [599, '/status/599'],
  ),
  asks('304 with the length of what it stands for', [304, '/not-modified']),
  asks('no Date', [200, '/no-date']),
  asks('a Date of its own', [200, '/own-date']),
  asks('12 KiB of headers', [200, '/large-head/12']),
  asks('48 KiB of headers', [200, '/large-head/48']),
  asks('Latin-1 in headers', [200, '/latin1']),
  asks('fields of the connection', [200, '/hop']),
  asks('Connection: close from the app', [200, '/close']),
  asks('early hints', [200, '/hints']),
  asks('102 from the app', [200, '/processing'], [200, { method: 'POST', path: '/processing', body: 'x' }]),

  asks(
    'HEAD',
    [200, { method: 'HEAD', path: '/plain' }],
    [200, { method: 'HEAD', path: '/binary' }],
    [200, { method: 'HEAD', path: '/writes' }],
    [304, { method: 'HEAD', path: '/not-modified' }],
    [404, { method: 'HEAD', path: '/nowhere' }],
  ),
  asks('methods without a body', ...['GET', 'DELETE', 'OPTIONS', 'TRACE'].map(bare)),
  asks(
    'other methods with an empty body',
    ...[...usual, ...rare].map((method) => [200, { method, path: '/seen?method', body: '' }] as const),
  ),
  asks('methods that say nothing of their body', ...usual.map(bare)),
  asks('rare methods that say nothing of their body', ...rare.map(bare)),
  asks('odd characters in the query', [200, oddQuery]),
  asks(
    'odd paths',
    [200, '/seen//double'],
    [200, '//seen///x'],
    [200, '/seen/./dot'],
    [200, '/seen/%2e%2e/%2f'],
    [200, '/seen;p=1'],
    [200, '/seen?'],
    [200, '/seen??'],
    [200, '/seen/#b'],
  ),
  asks('a long target', [200, `/seen?${'x'.repeat(6_000)}`]),
  asks('headers as the app sees them', [
    200,
    {
      path: '/seen',
      fields: [
        ['Accept', 'text/html'],
        ['ACCEPT-language', 'de'],
        ['x-mixed-CASE', 'MiXed'],
        ['X-Empty', ''],
        ['X-Spaces', '  a  b  '],
        ['User-Agent', 'conformance (1.0; "quoted")'],
        ['Cookie', 'a=1; b=2'],
        ['Referer', 'http://elsewhere/?q=1'],
        ['Authorization', 'Bearer abc.def'],
        ['X-Bytes', 'caf\u00e9'],
        ['Cache-Control', 'no-cache'],
        ['If-None-Match', '"x"'],
        ['TE', 'trailers'],
      ],
    },
  ]),
  asks('repeated request headers', [
    200,
    {
      path: '/seen',
      fields: [
        ['X-Dup', 'one'],
        ['x-dup', 'two'],
        ['Accept', 'a'],
        ['Accept', 'b'],
        ['Cookie', 'a=1'],
        ['Cookie', 'b=2'],
        ['User-Agent', 'first'],
        ['User-Agent', 'second'],
      ],
    },
  ]),
  asks('repeated request headers, each by itself', [
    200,
    {
      path: '/distinct-seen',
      fields: [
        ['X-Dup', 'one'],
        ['x-dup', 'two'],
        ['Cookie', 'a=1'],
        ['Cookie', 'b=2'],
      ],
    },
  ]),
  asks('request headers in the order and spelling sent', [
    200,
    {
      path: '/raw-seen',
      fields: [
        ['X-B', '1'],
        ['x-a', '2'],
        ['X-B', '3'],
        ['AcCePt', '*/*'],
      ],
    },
  ]),
  asks('a hundred request headers', [
    200,
    { path: '/seen', fields: Array.from({ length: 90 }, (_, n) => [`X-Field-${n}`, `${n}`] as const) },
  ]),
  asks('10 KiB in one request header', [200, { path: '/seen', fields: [['X-Long', 'y'.repeat(10_000)]] }]),
  asks('the address of the client', [200, '/socket']),
]
