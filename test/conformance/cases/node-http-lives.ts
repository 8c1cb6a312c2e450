import { readAnswer, type Answer } from '../answer.ts'
import { Arriving, asks, bytesOf, scene, type Ask, type Case, type Client } from '../case.ts'
import { patternBytes } from '../files.ts'
import { Ended } from '../wire.ts'

/** The answer, or that there was none. */
const orDropped = (answer: Promise<Answer>): Promise<unknown> =>
  answer.catch((error: unknown) => {
    if (error instanceof Ended) return 'no answer'
    throw error
  })

const told = (client: Client, name: string): Promise<unknown> => client.ask({ path: `/told/${name}` })

/** Cases whose point is how a connection or a request lives and ends. */
export const lifeCases: readonly Case[] = [
  scene('many requests on one connection', [200, 200, 404, 200, 204, 200], async (client) => {
    const wire = await client.connect()
    const answers = []
    for (const [method, path] of [
      ['GET', '/plain'],
      ['HEAD', '/plain'],
      ['GET', '/nowhere'],
      ['GET', '/trailers'],
      ['GET', '/status/204'],
      ['GET', '/binary'],
    ] as const) {
      wire.send(bytesOf({ method, path }))
      answers.push(await readAnswer(wire, method))
    }
    return answers
  }),
  scene('pipelined requests, the first the slowest', [200, 200, 200, 404], async (client) => {
    const wire = await client.connect()
    wire.send(
      Buffer.concat([
        bytesOf({ path: '/slow/pipelined' }),
        bytesOf({ path: '/plain' }),
        bytesOf({ method: 'POST', path: '/upload', chunks: ['one', 'two'] }),
        bytesOf({ path: '/nowhere' }),
      ]),
    )
    await client.open('pipelined')
    const answers = []
    for (const method of ['GET', 'GET', 'POST', 'GET']) answers.push(await readAnswer(wire, method))
    return answers
  }),
  scene('Connection: close from the client', [200], async (client) => {
    const answer = await client.ask({ path: '/plain', fields: [['Connection', 'close']] })
    return [answer]
  }),
  scene('a client that ends its side behind the request', [], async (client) => {
    const wire = await client.connect()
    wire.send(bytesOf({ path: '/slow/half' }))
    wire.socket.end()
    const answer = orDropped(readAnswer(wire, 'GET'))
    await client.open('half')
    return [await answer]
  }),
  asks(
    'HTTP/1.0',
    [200, { path: '/binary', version: '1.0' }],
    [204, { path: '/status/204', version: '1.0' }],
    [304, { path: '/not-modified', version: '1.0' }],
    [200, { path: '/flat', version: '1.0', method: 'HEAD' }],
  ),
  asks(
    'HTTP/1.0 and a body without a length',
    [200, { path: '/plain', version: '1.0' }],
    [200, { path: '/upload', version: '1.0', method: 'POST', body: 'hello' }],
  ),
  asks(
    'HTTP/1.0 and a body in pieces',
    [200, { path: '/writes', version: '1.0' }],
    [200, { path: '/unannounced-trailers', version: '1.0' }],
  ),
  asks('HTTP/1.0 and early hints', [200, { path: '/hints', version: '1.0' }]),
  scene('HTTP/1.0 that keeps its connection', [200, 200], async (client) => {
    const wire = await client.connect()
    const answers = []
    for (let i = 0; i < 2; i++) {
      wire.send(bytesOf({ path: '/binary', version: '1.0', fields: [['Connection', 'keep-alive']] }))
      answers.push(await readAnswer(wire, 'GET'))
    }
    return answers
  }),

  scene('requests of every sort on one connection', [200, 200, 200, 200, 204, 200], async (client) => {
    const wire = await client.connect()
    const answers = []
    for (const ask of [
      { path: '/plain' },
      { method: 'POST', path: '/upload', chunks: ['one', 'two'] },
      { method: 'PURGE', path: '/plain' },
      { path: '/trailers' },
      { path: '/status/204' },
      { method: 'PUT', path: '/upload', body: 'three' },
    ]) {
      wire.send(bytesOf(ask))
      answers.push(await readAnswer(wire, ask.method ?? 'GET'))
    }
    return answers
  }),
  scene('requests of every sort pipelined', [200, 200, 200, 200, 200], async (client) => {
    const wire = await client.connect()
    const sorts: readonly Ask[] = [
      { path: '/slow/sorts' },
      { method: 'POST', path: '/upload', body: 'one' },
      { method: 'PURGE', path: '/plain' },
      { method: 'PUT', path: '/upload', chunks: ['two'] },
      { path: '/plain', fields: [['Connection', 'close']] },
    ]
    wire.send(Buffer.concat(sorts.map(bytesOf)))
    await client.open('sorts')
    const answers = []
    for (const { method = 'GET' } of sorts) answers.push(await readAnswer(wire, method))
    return answers
  }),
  scene('a client that reads late holds its own answer back', [200, 200, 200], async (client) => {
    const wire = await client.connect()
    wire.socket.pause()
    wire.send(bytesOf({ path: '/presses/late' }))
    const full = await client.ask({ path: '/full/late' })
    wire.socket.resume()
    return [full, await readAnswer(wire, 'GET'), await told(client, 'late')]
  }),
  scene('an app that reads late gets all of the body', [200, 200], async (client) => {
    const answer = client.ask({ method: 'POST', path: '/reads-late/whole', body: patternBytes(8 * 1024 * 1024) })
    const began = await client.ask({ path: '/began/whole' })
    await client.open('whole')
    return [began, await answer]
  }),
  asks('what libraries do with the socket', [200, '/socket-calls'], [200, { method: 'POST', path: '/socket-calls', body: 'x' }]),
  asks('an answer cut inside its chunks', [200, '/cut-chunked']),
  asks('an answer cut before its length', [200, '/cut-sized']),
  scene('a connection dropped without an answer', [], async (client) => [
    await orDropped(client.ask({ method: 'POST', path: '/dropped', body: 'x' })),
  ]),
  asks('res.setTimeout', [504, '/late-answer']),
  scene('req.setTimeout', [408], async (client) => {
    const wire = await client.connect()
    wire.send('POST /late-request HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf')
    return [await readAnswer(wire, 'POST')]
  }),
  asks('an answer written to the socket by hand', [200, '/socket-write']),

  scene('the events of a request that ends well', [200, 200, 200, 200], async (client) => [
    await client.ask({ path: '/normal/get' }),
    await told(client, 'get'),
    await client.ask({ method: 'POST', path: '/normal/post', body: 'hello' }),
    await told(client, 'post'),
  ]),
  scene('the events of a request whose client goes before the answer', [200, 200], async (client) => {
    const wire = await client.connect()
    wire.send(bytesOf({ path: '/hangs/gone' }))
    const began = await client.ask({ path: '/began/gone' })
    wire.reset()
    return [began, await told(client, 'gone')]
  }),
  scene('the events of a request whose client goes inside the answer', [200], async (client) => {
    const wire = await client.connect()
    const arriving = new Arriving()
    wire.send(bytesOf({ path: '/streams/midway' }))
    void readAnswer(wire, 'GET', arriving.watch)
    await arriving.until('first')
    wire.reset()
    return [await told(client, 'midway')]
  }),
  scene('the events of a request whose client goes inside its body', [200, 200], async (client) => {
    const wire = await client.connect()
    wire.send('POST /reads/body HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nsome of it')
    const began = await client.ask({ path: '/began/body' })
    wire.reset()
    return [began, await told(client, 'body')]
  }),
  scene('a header set too late', [200, 200], async (client) => [await client.ask({ path: '/after-end' }), await told(client, 'after-end')]),
]
