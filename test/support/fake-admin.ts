import http from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterEach, beforeEach } from 'vitest'

import { reportError } from '../../cli/report-error.ts'
import { runCli } from '../../cli/run-cli.ts'
import type { ClusterStatus } from '../../core/status.ts'
import { idleLoop } from './idle-loop.ts'

export const idle: ClusterStatus = {
  version: '0.1.0',
  model: 'hybrid',
  listen: 'http://127.0.0.1:8080',
  uptimeSeconds: 1,
  loops: [idleLoop, { ...idleLoop, id: '1', pid: 2 }],
  balancers: [],
  routes: [],
  reload: { state: 'idle', generation: 1 },
}

export type Handler = (req: http.IncomingMessage, res: http.ServerResponse, body: string) => void

export interface RunOptions {
  readonly isInteractive?: boolean
  readonly address?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly onOut?: (text: string) => void
}

export const reply = (res: http.ServerResponse, status: number, body: unknown): void =>
  void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

/** A cluster as far as its admin API goes, new for each test, and the command line run against it. */
export function fakeAdmin() {
  let server: http.Server
  let handlers: Record<string, Handler>
  let quit: (() => void) | undefined
  beforeEach(async () => {
    handlers = { 'GET /api/status': (_, res) => reply(res, 200, idle) }
    quit = undefined
    const nothing: Handler = (_, res) => reply(res, 404, { error: 'NOT_FOUND', message: 'no such path' })
    server = http.createServer((req, res) => {
      let body = ''
      req.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      req.on('end', () => (handlers[`${req.method!} ${req.url!}`] ?? nothing)(req, res, body))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })
  const admin = (): string => `127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    /** By method and path: `GET /api/status`. */
    handlers: () => handlers,
    admin,
    /** Closes the admin address for good. */
    close: () => new Promise((resolve) => server.close(resolve)),
    /** What stands for a program that is no cluster. */
    answerAll: (listener: http.RequestListener) => void server.removeAllListeners('request').on('request', listener),
    /** Presses q; false where nobody listens for it any more. */
    quit: (): boolean => {
      quit?.()
      return quit !== undefined
    },
    run: async (argv: readonly string[], options: RunOptions = {}): Promise<{ code: number | undefined; out: string; err: string }> => {
      const output = { out: '', err: '' }
      const terminal = {
        out: (text: string) => {
          output.out += text
          options.onOut?.(text)
        },
        err: (text: string) => void (output.err += text),
        isInteractive: options.isInteractive ?? false,
        hasColours: false,
        showsProgress: false,
        rows: () => 24,
        onQuit: (listener: () => void) => {
          quit = listener
          return () => (quit = undefined)
        },
      }
      try {
        const env = { EVENLOOP_ADMIN: options.address ?? admin(), ...options.env }
        const code = await runCli(argv, { env, cwd: options.cwd ?? '/', terminal })
        return { code, ...output }
      } catch (error) {
        const { text, exitCode } = reportError(error)
        return { code: exitCode, out: output.out, err: output.err + text }
      }
    },
  }
}
