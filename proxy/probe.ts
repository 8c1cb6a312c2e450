import http from 'node:http'

import type { Address } from '../core/address.ts'
import type { OpenHttp } from './open-connection.ts'

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
export function httpProbe(openHttp: OpenHttp): Probe {
  return (address, ask, timeoutMs) =>
    ask.kind === 'connect' ? connect(openHttp, address, timeoutMs) : request(openHttp, address, ask, timeoutMs)
}

function connect(openHttp: OpenHttp, address: Address, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs, { kind: 'timeout', connected: false } satisfies ProbeResult)
    const finish = (result: ProbeResult): void => {
      clearTimeout(timer)
      resolve(result)
    }
    const failed = (error: Error): void => finish({ kind: 'failed', connected: false, reason: error.message })
    const opened = openHttp(address, (error, socket) => {
      if (error !== null) return failed(error)
      finish({ kind: 'connected' })
      socket.destroy()
    })
    opened?.once('connect', () => {
      finish({ kind: 'connected' })
      opened.destroy()
    })
    opened?.on('error', failed)
  })
}

type RequestAsk = Exclude<ProbeAsk, { kind: 'connect' }>

function request(openHttp: OpenHttp, address: Address, ask: RequestAsk, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    let connected = false
    const req = http.request({
      // A socket of its own: a pooled one would probe yesterday's connection, not whether a new one is accepted.
      createConnection: (_, opened) => openHttp(address, opened),
      ...(ask.kind === 'loop' ? { method: 'OPTIONS', path: '*', headers: { 'evenloop-probe': '1' } } : { method: 'GET', path: ask.path }),
    })
    const timer = setTimeout(() => {
      resolve({ kind: 'timeout', connected })
      req.destroy()
    }, timeoutMs)
    req.once('socket', (socket) => {
      connected = !socket.connecting
      socket.once('connect', () => (connected = true))
    })
    req.on('error', (error: NodeJS.ErrnoException) => {
      // A blocked loop does not shake hands: it is busy, not gone.
      if (error.code === 'ETIMEDOUT') return resolve({ kind: 'timeout', connected })
      resolve({ kind: 'failed', connected, reason: error.message })
    })
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
