import type { Answer } from '../answer.ts'
import { asks, scene, type Ask, type Case } from '../case.ts'

const setCookies = ({ fields }: Answer): string =>
  fields
    .filter(([name]) => name.toLowerCase() === 'set-cookie')
    .map(([, value]) => value.split(';', 1)[0])
    .join('; ')

const from = (origin: string, more: Ask): Ask => ({ ...more, fields: [['Origin', origin], ...(more.fields ?? [])] })
const preflight = (method: string): Ask => ({
  method: 'OPTIONS',
  path: '/cors/',
  fields: [
    ['Access-Control-Request-Method', method],
    ['Access-Control-Request-Headers', 'x-one, x-two'],
  ],
})

/** cookie, session, cors, helmet, rate-limit, basic-auth, middie, reply-from, http-proxy. */
export const stateCases: readonly Case[] = [
  scene('cookie: set, signed and read', [200, 200, 200], async (client) => {
    const set = await client.ask({ path: '/cookie/set' })
    const cookies = setCookies(set)
    return [
      set,
      await client.ask({ path: '/cookie/read', fields: [['Cookie', cookies]] }),
      await client.ask({
        path: '/cookie/read',
        fields: [
          ['Cookie', cookies.replace('signed=value.', 'signed=forged.')],
          ['Cookie', 'more=1'],
        ],
      }),
    ]
  }),
  scene('session: across requests', [200, 200, 200, 200, 200], async (client) => {
    const first = await client.ask({ path: '/session/count' })
    const fields = [['Cookie', setCookies(first)]] as const
    return [
      first,
      await client.ask({ path: '/session/count', fields }),
      await client.ask({ path: '/session/count', fields }),
      await client.ask({ method: 'POST', path: '/session/end', fields }),
      await client.ask({ path: '/session/count', fields }),
    ]
  }),
  asks(
    'cors: simple and preflight',
    [200, from('http://friend.test', { path: '/cors/' })],
    [200, from('http://cousin.family.test', { method: 'PUT', path: '/cors/', body: '' })],
    [200, from('http://stranger.test', { path: '/cors/' })],
    [204, from('http://friend.test', preflight('PUT'))],
    [204, from('http://stranger.test', preflight('DELETE'))],
    [400, { method: 'OPTIONS', path: '/cors/' }],
  ),
  asks('helmet: headers', [200, '/helmet/']),
  asks('rate-limit: 429 after two', [200, '/rate-limit/'], [200, '/rate-limit/'], [429, '/rate-limit/']),
  asks(
    'basic-auth: refused and welcomed',
    [401, '/basic-auth/'],
    [401, { path: '/basic-auth/', fields: [['Authorization', 'Basic YTpi']] }],
    [200, { path: '/basic-auth/', fields: [['Authorization', `Basic ${Buffer.from('ada:lövelace').toString('base64')}`]] }],
  ),
  asks('middie: middleware before and instead', [200, '/middie/go'], [203, '/middie/stop']),
  asks(
    'reply-from: a second server',
    [200, '/from/path?q=1'],
    [200, { method: 'POST', path: '/from/post', fields: [['Content-Type', 'application/json']], body: '{"a":1}' }],
    [200, { method: 'DELETE', path: '/from/gone' }],
    [503, '/from/fail'],
    [200, '/from-rewritten'],
    [500, '/from-nowhere'],
  ),
  asks(
    'http-proxy: a prefix',
    [200, '/proxied/path?q=1'],
    [200, { method: 'PUT', path: '/proxied/put', fields: [['Content-Type', 'text/plain']], body: 'text' }],
    [404, '/proxiedx'],
  ),
]
