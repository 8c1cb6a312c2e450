import http from 'node:http'
import net from 'node:net'

import type { Address } from '../core/address.ts'
import { connectOptions, requestTarget } from './connect-options.ts'

/** `loop` asks a loop of ours itself, `path` asks the app behind it, `connect` asks only for a connection. */
export type ProbeAsk = { readonly kind: 'loop' } | { readonly kind: 'path'; readonly path: string } | { readonly kind: 'connect' }

export type ProbeResult =
  | { readonly kind: 'answer'; readonly status: number; /** Its first bytes; empty for the ask `path`. */ readonly body: string }
  | { readonly kind: 'connected' }
  | { readonly kind: 'failed'; readonly connected: boolean; readonly reason: string }
  | { readonly kind: 'timeout'; readonly connected: boolean }

export type Probe = (address: Address, ask: ProbeAsk, timeoutMs: number) => Promise<ProbeResult>

// The words of a loop are short; a foreign server may answer with a page, or without end.
const maxBodyBytes = 64

/** Asks one endpoint how it is, over a connection of its own. Never rejects. */
export const httpProbe: Probe = (address, ask, timeoutMs) =>
  ask.kind === 'connect' ? connect(address, timeoutMs) : request(address, ask, timeoutMs)

function connect(address: Address, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = net.connect(connectOptions(address))
    const finish = (result: ProbeResult): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(result)
    }
    const timer = setTimeout(finish, timeoutMs, { kind: 'timeout', connected: false } satisfies ProbeResult)
    socket.once('connect', () => finish({ kind: 'connected' }))
    socket.on('error', (error) => finish({ kind: 'failed', connected: false, reason: error.message }))
  })
}

function request(address: Address, ask: Exclude<ProbeAsk, { kind: 'connect' }>, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    let connected = false
    const req = http.request({
      ...requestTarget(address),
      // A socket of its own: a pooled one would probe yesterday's connection, not whether a new one is accepted.
      agent: false,
      ...(ask.kind === 'loop' ? { method: 'OPTIONS', path: '*', headers: { 'evenloop-probe': '1' } } : { method: 'GET', path: ask.path }),
    })
    const timer = setTimeout(() => {
      resolve({ kind: 'timeout', connected })
      req.destroy()
    }, timeoutMs)
    req.once('socket', (socket) => socket.once('connect', () => (connected = true)))
    req.on('error', (error) => resolve({ kind: 'failed', connected, reason: error.message }))
    // Also where the answer is cut off, or none (101): the first result is the one that counts.
    req.on('close', () => {
      clearTimeout(timer)
      resolve({ kind: 'failed', connected, reason: 'closed without an answer' })
    })
    req.on('response', (res) => {
      const answer = (body: string): void => resolve({ kind: 'answer', status: res.statusCode ?? 0, body })
      res.on('error', () => {})
      // The status says it all, and the app may finish its page in peace.
      if (ask.kind === 'path') {
        answer('')
        res.resume()
        return
      }
      let body = ''
      res.setEncoding('latin1')
      res.on('data', (chunk: string) => {
        body += chunk
        if (body.length <= maxBodyBytes) return
        answer(body.slice(0, maxBodyBytes))
        req.destroy()
      })
      res.on('end', () => answer(body))
    })
    req.end()
  })
}
