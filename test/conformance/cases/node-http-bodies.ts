import { readAnswer } from '../answer.ts'
import { Arriving, asks, bytesOf, scene, type Case } from '../case.ts'
import { patternBytes } from '../files.ts'

/** Cases whose point is a body. */
export const bodyCases: readonly Case[] = [
  asks('writes of several kinds', [200, '/writes']),
  asks('binary', [200, '/binary']),
  asks(
    'framing by the app’s own hand',
    [200, '/explicit-chunked'],
    [200, '/sized-in-pieces'],
    [200, { method: 'HEAD', path: '/explicit-chunked' }],
  ),
  asks('bodies where none may be', [204, '/body-on-204'], [304, '/body-on-304']),
  asks('an answer after which the app keeps no connection', [200, '/not-kept']),
  asks('3 MiB from a file', [200, '/file']),
  asks('a gzip stream', [200, '/gzipped']),
  asks('an async generator', [200, '/generated']),
  asks('trailers', [200, '/trailers'], [200, { path: '/trailers', fields: [['TE', 'trailers']] }]),
  asks('trailers that nobody announced', [200, '/unannounced-trailers']),

  scene('a stream whose every piece arrives before the next is written', [200], async (client) => {
    const arriving = new Arriving()
    const answer = client.ask({ path: '/steps/a' }, arriving.watch)
    await client.open('a-0')
    for (let step = 1; step <= 3; step++) {
      await arriving.until(`step ${step}\n`)
      await client.open(`a-${step}`)
    }
    return [await answer]
  }),
  scene('half of a body with a length, then the rest', [200], async (client) => {
    const arriving = new Arriving()
    const answer = client.ask({ path: '/sized-steps/b' }, arriving.watch)
    await arriving.until('half')
    await client.open('b')
    return [await answer]
  }),

  asks(
    'request bodies with a length',
    [200, { method: 'POST', path: '/upload', body: 'hello' }],
    [200, { method: 'PUT', path: '/upload', body: '' }],
    [200, { method: 'PATCH', path: '/upload', body: patternBytes(100_000) }],
    [200, { method: 'DELETE', path: '/upload', body: 'gone' }],
    [200, { method: 'GET', path: '/upload', body: 'a GET with a body' }],
    [200, { method: 'OPTIONS', path: '/upload', body: 'options' }],
  ),
  asks('5 MiB up', [200, { method: 'POST', path: '/upload', body: patternBytes(5 * 1024 * 1024) }]),
  asks(
    'request bodies in chunks',
    [200, { method: 'POST', path: '/upload', chunks: ['one', 'two', 'three'] }],
    [200, { method: 'PUT', path: '/upload', chunks: [] }],
    [200, { method: 'DELETE', path: '/upload', chunks: ['gone'] }],
    [200, { method: 'OPTIONS', path: '/upload', chunks: ['options'] }],
  ),
  asks('trailers of a request', [
    200,
    {
      method: 'POST',
      path: '/upload',
      fields: [['Trailer', 'X-Sum']],
      chunks: ['body'],
      trailers: [
        ['X-Sum', '1'],
        ['x-sum', '2'],
      ],
    },
  ]),
  asks('a body sent back', [
    200,
    { method: 'POST', path: '/mirror', fields: [['Content-Type', 'application/x-bytes']], body: patternBytes(1024 * 1024) },
  ]),
  scene('a body sent back while it is still coming', [200], async (client) => {
    const wire = await client.connect()
    const arriving = new Arriving()
    wire.send('POST /mirror HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
    const answer = readAnswer(wire, 'POST', arriving.watch)
    for (const word of ['ping', 'pong', 'pang']) {
      wire.send(`4\r\n${word}\r\n`)
      await arriving.until(word)
    }
    wire.send('0\r\n\r\n')
    return [await answer]
  }),
  scene('a request one byte at a time', [200], async (client) => {
    const wire = await client.connect()
    const bytes = bytesOf({ method: 'POST', path: '/upload', chunks: ['one', 'two'] })
    for (const byte of bytes) {
      wire.socket.write(Buffer.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    return [await readAnswer(wire, 'POST')]
  }),
  asks('an answer that does not wait for the body', [403, { method: 'POST', path: '/early-answer', body: patternBytes(200_000) }]),
  scene('Expect: 100-continue', [200], async (client) => {
    const wire = await client.connect()
    wire.send('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n')
    const invitation = await wire.line()
    await wire.line()
    wire.send('hello')
    return [invitation, await readAnswer(wire, 'POST')]
  }),
  scene('Expect: 100-continue, and the body does not wait', [200, 200], async (client) => {
    const wire = await client.connect()
    wire.send('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello')
    const answer = await readAnswer(wire, 'POST')
    wire.send(bytesOf({ path: '/plain' }))
    return [answer, await readAnswer(wire, 'GET')]
  }),
  scene('Expect: 100-continue, and the app answers without the body', [403], async (client) => {
    const wire = await client.connect()
    wire.send('POST /early-answer HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n')
    return [await readAnswer(wire, 'POST')]
  }),
]
