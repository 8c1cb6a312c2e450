import { createRequire } from 'node:module'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { RouteTrie } from './route-trie.ts'

interface Router {
  on(method: string, pattern: string, handler: () => void, store: string): void
  find(method: string, path: string): { readonly store: string } | null
}

// The router that Fastify uses itself.
const require = createRequire(import.meta.url)
const createRouter = createRequire(require.resolve('fastify'))('find-my-way') as () => Router

function trieOf(...routes: string[]): (method: string, path: string) => string | undefined {
  const trie = new RouteTrie<string>()
  for (const route of routes) {
    const [first = '', second] = route.split(' ')
    if (second === undefined) trie.add(undefined, first, route)
    else trie.add(first, second, route)
  }
  return (method, path) => trie.find(method, path)
}

test('words go before parameters, and parameters before the rest', () => {
  const find = trieOf('GET /users/*', 'GET /users/:id', 'GET /users/me', 'GET /users/:id/posts', 'GET /')
  expect(find('GET', '/users/me')).toBe('GET /users/me')
  expect(find('GET', '/users/42')).toBe('GET /users/:id')
  expect(find('GET', '/users/me/posts')).toBe('GET /users/:id/posts')
  expect(find('GET', '/users/42/likes')).toBe('GET /users/*')
  expect(find('GET', '/')).toBe('GET /')
  expect(find('GET', '/posts')).toBeUndefined()
  expect(find('POST', '/users/42')).toBeUndefined()
})

test('a parameter may be part of a segment, have an expression, or be left out', () => {
  const find = trieOf('/from-:a-to-:b', '/:name.png', '/:file([^/]+)/raw', '/page/:number(\\d{1,3})', '/tags/:tag?', '/v1::sum', '/a%b')
  expect(find('GET', '/from-1-to-2')).toBe('/from-:a-to-:b')
  expect(find('GET', '/cat.png')).toBe('/:name.png')
  expect(find('GET', '/cat.jpg')).toBeUndefined()
  expect(find('GET', '/cat.jpg/raw')).toBe('/:file([^/]+)/raw')
  expect(find('GET', '/page/7')).toBe('/page/:number(\\d{1,3})')
  expect([find('GET', '/tags'), find('GET', '/tags/x')]).toEqual(['/tags/:tag?', '/tags/:tag?'])
  expect(find('GET', '/v1:sum')).toBe('/v1::sum')
  expect(find('GET', '/a%25b')).toBe('/a%b')
})

test('nothing that a client adds to a path hides its route', () => {
  const find = trieOf('/slow', '/slow/:id')
  const paths = ['/slow?x=/y', '/slow#x', '/sl%6Fw', '/slow/', '/%73low/?a%zz', 'http://host/slow', '/slow/%zz', '/slow/a%2Fb', '/slow/']
  for (const path of paths) expect(find('GET', path)?.startsWith('/slow')).toBe(true)
  expect(find('GET', '/slow%2F7')).toBeUndefined()
  for (const path of ['', '*', 'host:443', '/SLOW', '//slow']) expect(find('GET', path)).toBeUndefined()
})

test('a pattern without a method is for all of them, and HEAD is what GET is', () => {
  const find = trieOf('/a', 'POST /a', 'GET /b', 'HEAD /c', 'GET /c')
  expect([find('GET', '/a'), find('POST', '/a')]).toEqual(['/a', 'POST /a'])
  expect([find('HEAD', '/b'), find('HEAD', '/c'), find('PUT', '/b')]).toEqual(['GET /b', 'HEAD /c', undefined])
})

test('of two patterns for the same paths the first one stays', () => {
  const find = trieOf('GET /users/:id', 'GET /users/:name')
  expect(find('GET', '/users/1')).toBe('GET /users/:id')
})

const word = fc.constantFrom('a', 'b', 'ab', 'abc', 'me', '', 'ä', 'a%b')
const segment = fc.oneof(
  { weight: 3, arbitrary: word },
  { weight: 2, arbitrary: fc.constant(':x') },
  { weight: 1, arbitrary: fc.constantFrom('a:x', 'ab:x', ':x.a', ':x.b.a', 'a:x.b', 'a*', 'ab*', '*', '::a') },
)
const pattern = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => {
  const rest = segments.findIndex((one) => one.endsWith('*'))
  return `/${(rest === -1 ? segments : segments.slice(0, rest + 1)).join('/')}`
})
const route = fc.tuple(
  fc.constantFrom('GET', 'POST'),
  fc.oneof(
    pattern,
    pattern.map((one) => `${one.replace(/\*$/, '')}/:o?`),
  ),
)
const pathSegment = fc.constantFrom(
  'a',
  'b',
  'ab',
  'abc',
  'abcd',
  'me',
  'x',
  '.a',
  'x.a',
  'a.b',
  'x.b.a',
  '',
  '%61',
  'a%2Fb',
  '%C3%A4',
  'a%25b',
  ':a',
)
const path = fc.tuple(fc.array(pathSegment, { minLength: 1, maxLength: 5 }), fc.constantFrom('', '?q=/a', '#/a%'))
const method = fc.constantFrom('GET', 'POST', 'PUT')

test('finds what the router of Fastify finds', () => {
  fc.assert(
    fc.property(
      fc.array(route, { minLength: 1, maxLength: 12 }),
      fc.array(fc.tuple(method, path), { minLength: 1, maxLength: 12 }),
      (routes, asked) => {
        const router = createRouter()
        const trie = new RouteTrie<string>()
        for (const [method, pattern] of routes) {
          try {
            router.on(method, pattern, () => {}, `${method} ${pattern}`)
            trie.add(method, pattern, `${method} ${pattern}`)
          } catch {
            // It knows one for the same paths already, and may have taken half of it where a parameter is optional.
            fc.pre(!pattern.endsWith('?'))
          }
        }
        for (const [method, [segments, query]] of asked) {
          const path = `/${segments.join('/')}`
          const expected =
            router.find(method, path + query)?.store ??
            (segments.length > 1 && path.endsWith('/') ? router.find(method, path.slice(0, -1))?.store : undefined)
          expect(trie.find(method, path + query)).toBe(expected)
        }
      },
    ),
    { numRuns: 2_000 },
  )
})

test('paths that are made to cost much cost little', () => {
  const depth = 24
  // Each segment can be read in two ways: two to the power of 24 ways to go, if places were met twice.
  const patterns = Array.from(
    { length: 200 },
    (_, index) => `/${Array.from({ length: depth }, (_, at) => (((index * 2_654_435_761) >>> (at % 32)) & 1 ? 'a' : ':x')).join('/')}`,
  )
  const find = trieOf(...patterns)
  // As long as a request head may be.
  const long = 60_000
  const hostile = [
    '/a'.repeat(depth - 1),
    `${'/a'.repeat(depth)}/a`,
    '/'.repeat(long),
    `/${'a'.repeat(long)}`,
    '/a'.repeat(long / 2),
    `/${'%25'.repeat(long / 3)}/x/`,
    `/${'%61/'.repeat(long / 4)}`,
  ]
  for (const path of hostile) expect(find('GET', path)).toBeUndefined()
  expect(find('GET', '/a'.repeat(depth))).toBeDefined()
})
