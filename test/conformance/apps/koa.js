import { createReadStream } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'

import Koa from 'koa'

import { open, pass } from './gates.js'

const root = process.env.CONFORMANCE_FILES
const app = new Koa({ keys: ['a key that is known to everyone'] })
// Koa prints every error; they are on purpose here.
app.silent = true

const routes = {
  text: (ctx) => (ctx.body = 'a text'),
  html: (ctx) => (ctx.body = '<p>html</p>'),
  json: (ctx) => (ctx.body = { a: [1, 'two', null] }),
  buffer: (ctx) => (ctx.body = Buffer.from([0, 1, 2, 255])),
  stream: (ctx) => {
    ctx.type = 'json'
    ctx.body = createReadStream(path.join(root, 'data.json'))
  },
  big: (ctx) => {
    ctx.length = 3 * 1024 * 1024
    ctx.body = createReadStream(path.join(root, 'big.bin'))
  },
  web: (ctx) => (ctx.body = new Response('a Response', { status: 203, headers: { 'X-Web': '1' } })),
  blob: (ctx) => (ctx.body = new Blob(['a blob'], { type: 'text/plain' })),
  empty: (ctx) => (ctx.status = 204),
  none: (ctx) => (ctx.body = null),
  redirect: (ctx) => ctx.redirect('/text'),
  attachment: (ctx) => {
    ctx.attachment('na\u00efve.txt')
    ctx.body = 'attached'
  },
  fresh: (ctx) => {
    ctx.status = 200
    ctx.etag = 'v1'
    ctx.lastModified = new Date(1_700_000_000_000)
    if (ctx.fresh) ctx.status = 304
    else ctx.body = 'fresh'
  },
  cookies: (ctx) => {
    ctx.cookies.set('signed', 'value', { signed: true, sameSite: 'lax' })
    ctx.cookies.set('plain', 'x', { signed: false, httpOnly: false, path: '/p' })
    ctx.body = { read: ctx.cookies.get('signed') ?? null }
  },
  accepts: (ctx) =>
    (ctx.body = {
      type: ctx.accepts('json', 'html'),
      encoding: ctx.acceptsEncodings('gzip', 'identity'),
      language: ctx.acceptsLanguages('de', 'en'),
    }),
  throws: (ctx) => ctx.throw(403, 'not you', { headers: { 'X-Error': 'yes' } }),
  fails: () => {
    throw new Error('hidden from clients')
  },
  'stream-fails': (ctx) => {
    async function* pieces() {
      yield 'begun '
      throw new Error('in the middle')
    }
    ctx.body = Readable.from(pieces())
  },
  steps: (ctx, gate) => {
    async function* pieces() {
      for (const step of [1, 2]) {
        yield `step ${step}\n`
        await pass(`${gate}-${step}`)
      }
    }
    ctx.type = 'text'
    ctx.body = Readable.from(pieces())
  },
  upload: async (ctx) => {
    let bytes = 0
    for await (const chunk of ctx.req) bytes += chunk.length
    ctx.body = { bytes, type: ctx.is('json', 'text') || null, length: ctx.request.length ?? null }
  },
  raw: (ctx) => {
    ctx.respond = false
    ctx.res.writeHead(200, { 'X-Raw': 'yes' })
    ctx.res.write('raw ')
    ctx.res.end('answer')
  },
  request: (ctx) => {
    ctx.set({ 'X-One': '1', 'X-Many': ['a', 'b'] })
    ctx.body = { method: ctx.method, url: ctx.url, query: ctx.query, host: ctx.host, protocol: ctx.protocol, href: ctx.href }
  },
}

app.use(async (ctx, next) => {
  ctx.append('X-Order', 'before')
  await next()
  if (!ctx.headerSent) ctx.append('X-Order', 'after')
})
app.use(async (ctx) => {
  const [, name, argument] = ctx.path.split('/')
  if (name === 'gates') {
    open(argument)
    ctx.body = 'open'
  } else if (routes[name] !== undefined) await routes[name](ctx, argument)
})

export default app
