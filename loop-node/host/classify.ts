import http from 'node:http'

import { parameterNames } from './parameter-names.ts'

/** What can be done with an exported value; the names are those of docs and messages. */
export type AppShape = 'plugin' | 'instance' | 'factory' | 'listener' | 'koa' | 'server'

type Callable = (...args: never[]) => unknown

/**
 * Tells by its shape what an exported value is; undefined where it is no app. A function that might be a
 * listener or a Fastify plugin is told by its parameters' names: `(req, res)` serves, `(fastify, options)` registers.
 */
export function classify(value: unknown): AppShape | undefined {
  if (value instanceof http.Server) return 'server'
  if (isFastify(value)) return 'instance'
  if (has(value, 'callback', 'use')) return 'koa'
  if (typeof value !== 'function') return undefined
  if (isMarkedPlugin(value)) return 'plugin'
  if (has(value, 'handle', 'listen')) return 'listener'
  return classifyFunction(value as Callable)
}

function isFastify(value: unknown): value is { readonly server: http.Server } {
  return typeof value === 'object' && has(value, 'ready', 'register', 'inject') && 'server' in (value as object)
}

function classifyFunction(fn: Callable): AppShape | undefined {
  const source = Function.prototype.toString.call(fn)
  if (/^class\b/.test(source)) return undefined
  const names = parameterNames(source)
  if (names.length === 0 && fn.length >= 2) return 'listener'
  if (isRequestName(names[0]) || /^_*(res|response)$/i.test(names[1] ?? '')) return 'listener'
  if (fn.length === 0 || (names.length === 1 && /^_*(opts?|options|config|cfg|settings)$/i.test(names[0]!))) return 'factory'
  return 'plugin'
}

const isRequestName = (name: string | undefined): boolean => /^_*(req|request|ctx|context|incoming|im)$/i.test(name ?? '')

// fastify-plugin, and Fastify itself, mark plugins by these registered symbols.
const marks = ['skip-override', 'fastify.display-name', 'plugin-meta'].map((name) => Symbol.for(name))

const isMarkedPlugin = (fn: object): boolean => marks.some((mark) => mark in fn)

function has(value: unknown, ...methods: readonly string[]): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function')
}
