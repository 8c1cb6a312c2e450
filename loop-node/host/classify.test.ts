import http from 'node:http'

import fastify from 'fastify'
import { expect, test } from 'vitest'

import { classify } from './classify.ts'

const bound = function (this: unknown, a: unknown, b: unknown): unknown[] {
  return [this, a, b]
}.bind(undefined)

const cases: readonly (readonly [what: string, value: unknown, shape: string | undefined])[] = [
  ['an async plugin', async (fastify: unknown, options: unknown) => [fastify, options], 'plugin'],
  ['a callback plugin', (fastify: unknown, options: unknown, done: () => void) => [fastify, options, done()], 'plugin'],
  ['a plugin that ignores its options', async (app: unknown) => app, 'plugin'],
  [
    'a plugin marked by fastify-plugin',
    Object.assign((..._all: unknown[]) => undefined, { [Symbol.for('skip-override')]: true }),
    'plugin',
  ],
  ['a plugin with defaults', async (server: unknown, { prefix = '/a,b)' } = {}) => [server, prefix], 'plugin'],
  ['a listener', (req: unknown, res: unknown) => [req, res], 'listener'],
  ['an async listener', async (request: unknown, response: unknown) => [request, response], 'listener'],
  ['a listener that ignores the request', (_req: unknown, res: unknown) => res, 'listener'],
  ['a listener that takes the request apart', ({ url }: { url: string }, res: unknown) => [url, res], 'listener'],
  ['a connect-like handler', (req: unknown, res: unknown, next: () => void) => [req, res, next], 'listener'],
  ['a bound listener', bound, 'listener'],
  ['a factory', async () => fastify(), 'factory'],
  ['a factory with options', (opts = {}) => fastify(opts), 'factory'],
  ['a factory with required options', (options: object) => fastify(options), 'factory'],
  ['an http.Server', http.createServer(), 'server'],
  ['a Fastify instance', fastify(), 'instance'],
  ['an Express app', Object.assign(() => undefined, { handle: () => undefined, listen: () => undefined }), 'listener'],
  ['a Koa app', { callback: () => undefined, use: () => undefined }, 'koa'],
  [
    'a class',
    class Service {
      id = 1
    },
    undefined,
  ],
  ['an object', { answer: 42 }, undefined],
  ['nothing', undefined, undefined],
]

test.each(cases)('%s is told by its shape', (_what, value, shape) => {
  expect(classify(value)).toBe(shape)
})
