// @ts-check
import { check } from 'k6'
import crypto from 'k6/crypto'
import { scenario } from 'k6/execution'
import http from 'k6/http'
import { Rate } from 'k6/metrics'

import { baseUrl } from './asked.js'

/** @import { RefinedParams, RefinedResponse } from 'k6/http' */
/** @typedef {RefinedResponse<'text'>} Response */

// The share of requests that the cluster refused because it had enough to do.
const shed = new Rate('shed')

/**
 * Sends one request to a route of the demo and checks its status and its body.
 * @param {string} method
 * @param {string} route the pattern, as the cluster's own metrics name it
 * @param {string} query
 * @param {string | null} body
 * @param {Record<string, (response: Response) => boolean>} checks of the body of a right answer
 */
function send(method, route, query, body, checks) {
  // Without a name every query would be a series of its own.
  const tags = { route, name: `${method} ${route}` }
  /** @type {RefinedParams<'text'>} */
  const params = { tags, responseType: 'text', headers: { accept: 'application/json', 'content-type': 'text/plain' } }
  const response = http.request(method, `${baseUrl}${route}${query}`, body, params)
  const isShed = response.status === 503 && json(response)['error'] === 'OVERLOADED'
  shed.add(isShed, tags)
  if (isShed) check(response, { 'a refusal says when to come again': ({ headers }) => headers['Retry-After'] !== undefined }, { route })
  else check(response, { [`${route} answers 200`]: ({ status }) => status === 200, ...checks }, { route })
}

/** A check that throws would end the iteration unseen, so what is no JSON counts as empty. */
/** @type {(response: Response) => Record<string, unknown>} */
function json(response) {
  try {
    return JSON.parse(response.body) ?? {}
  } catch {
    return {}
  }
}

export const hello = () => send('GET', '/', '', null, { '/ says hello': (r) => json(r)['hello'] === 'world' })

/** Waits for a timer, as for a database: the loop stays free. */
export const io = (ms = 20) => send('GET', '/io', `?ms=${ms}`, null, { '/io waited': (r) => json(r)['waited'] === ms })

/** Computes. */
export const cpu = (ms = 2) => send('GET', '/cpu', `?ms=${ms}`, null, { '/cpu computed': (r) => json(r)['burnt'] === ms })

/** Holds the whole event loop, as a synchronous call does. */
export const block = (ms = 50) => send('GET', '/block', `?ms=${ms}`, null, { '/block blocked': (r) => json(r)['blocked'] === ms })

export const stream = (n = 3) =>
  send('GET', '/stream', `?n=${n}&ms=5`, null, {
    '/stream is whole': (r) => r.body === Array.from({ length: n }, (_, i) => `piece ${i + 1}\n`).join(''),
  })

export const sse = (n = 3) =>
  send('GET', '/sse', `?n=${n}&ms=5`, null, { '/sse has every event': (r) => r.body?.split('event: tick\n').length === n + 1 })

/** POSTs a text that differs each time, and gets it back. */
export function echo() {
  const text = `request ${scenario.iterationInTest} of ${scenario.name}`
  send('POST', '/echo', '', text, {
    '/echo sends the same back': (r) => json(r)['body'] === text && json(r)['method'] === 'POST',
  })
}

const file = 'evenloop'.repeat(8192)
const sha256 = crypto.sha256(file, 'hex')

/** 64 KiB. */
export const upload = () =>
  send('POST', '/upload', '', file, {
    '/upload arrived whole': (r) => json(r)['bytes'] === file.length && json(r)['sha256'] === sha256,
  })

/** Does one of them, in turn: each gets its share even in a short run. */
/** @type {(choices: readonly (() => void)[]) => void} */
export const inTurn = (choices) => choices[scenario.iterationInTest % choices.length]?.()

/** Does any of them: in turn, one of them could meet whatever else comes at regular times, again and again. */
/** @type {(choices: readonly (() => void)[]) => void} */
export const anyOf = (choices) => choices[Math.floor(Math.random() * choices.length)]?.()
