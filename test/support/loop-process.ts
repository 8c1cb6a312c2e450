import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'

import { onTestFinished } from 'vitest'

import type { LoopOptions } from '../../config/roles.ts'
import type { LoopToSupervisor, SupervisorToLoop } from '../../core/messages.ts'
import { until } from './wait.ts'

const main = fileURLToPath(new URL('../../dist/loop-node/main.js', import.meta.url))
const apps = fileURLToPath(new URL('../fixtures/apps/', import.meta.url))

type Of<K extends LoopToSupervisor['type']> = Extract<LoopToSupervisor, { type: K }>

/** A loop process under a supervisor that is this test. */
export interface LoopProcess {
  readonly child: ChildProcess
  readonly socketPath: string
  readonly messages: readonly LoopToSupervisor[]
  output(): string
  said<K extends LoopToSupervisor['type']>(type: K, matches?: (message: Of<K>) => boolean): Promise<Of<K>>
  ready(): Promise<Of<'ready'>>
  order(message: SupervisorToLoop): void
  ended(): Promise<number | NodeJS.Signals>
  request(options: http.RequestOptions, body?: string): Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  /** Statuses of the 1xx responses that came before. */
  readonly informed: readonly number[]
}

type Overrides = Partial<Omit<LoopOptions, 'settings'>> & { settings?: Partial<LoopOptions['settings']> }

/** Starts a loop for an app of test/fixtures/apps; it is ended with the test. */
export function startLoop(app: string | undefined, overrides: Overrides = {}): LoopProcess {
  const directory = mkdtempSync(path.join(tmpdir(), 'el-'))
  const socketPath = path.join(directory, 'loop.sock')
  const options: LoopOptions = {
    id: '0',
    generation: 1,
    supervised: true,
    threads: 1,
    concurrency: 0,
    serve: [`http+unix:${socketPath}`],
    ...overrides,
    settings: {
      ...(app === undefined ? {} : { app: path.join(apps, app) }),
      kind: 'auto',
      options: { greeting: 'hello' },
      health: { interval: 1000, timeout: 5000, failures: 3, successes: 1, ejectAfter: 5, ejectFor: 5000, ejectMax: 0.5 },
      startTimeout: 20_000,
      drainTimeout: 5_000,
      blockLimit: 30_000,
      trustedProxies: [],
      logLevel: 'warn',
      link: {},
      ...overrides.settings,
    },
  }
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe', options.supervised ? 'ipc' : 'ignore'],
    env: { ...process.env, EVENLOOP_CHILD: JSON.stringify(options) },
  })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const messages: LoopToSupervisor[] = []
  child.on('message', (message) => messages.push(message as LoopToSupervisor))
  let end: number | NodeJS.Signals | undefined
  // Not 'close', which never comes after disconnect(): the streams are waited for by themselves.
  const streamsEnded = Promise.all([finished(child.stdout!), finished(child.stderr!)])
  child.on('exit', (code, signal) => void streamsEnded.then(() => (end = signal ?? code ?? -1)))
  onTestFinished(async () => {
    if (end === undefined) child.kill('SIGKILL')
    await until('the loop process to end', () => end !== undefined)
    if (existsSync(directory)) rmSync(directory, { recursive: true })
  })

  const said: LoopProcess['said'] = (type, matches = () => true) =>
    until(`the message ${type}; output: ${output}; messages: ${JSON.stringify(messages.slice(0, 3))}`, () => {
      const found = messages.find((each) => each.type === type && matches(each as never))
      if (found === undefined && end !== undefined) throw new Error(`ended with ${end}: ${output} ${JSON.stringify(messages)}`)
      return found as never
    })
  return {
    child,
    socketPath,
    messages,
    output: () => output,
    said,
    ready: () => said('ready'),
    order: (message) => void child.send(message),
    ended: () => until(`the loop to end; output: ${output}`, () => end),
    request: (request, body) => ask({ socketPath, ...request }, body),
  }
}

/** One request on a connection of its own, unless an agent is given. */
export function ask(options: http.RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const informed: number[] = []
    const request = http.request({ agent: false, ...options })
    request.on('information', ({ statusCode }) => informed.push(statusCode))
    request.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text, informed }))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** Sends bytes as they are and collects what comes back until the connection closes. */
export function exchange(socketPath: string, bytes: string): { socket: net.Socket; received: () => string } {
  const socket = net.connect(socketPath)
  let received = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk))
  socket.on('error', () => undefined)
  socket.write(bytes)
  return { socket, received: () => received }
}
