import http from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { ClusterStatus } from '../core/status.ts'

import { reportError } from './report-error.ts'
import { runCli } from './run-cli.ts'

const loop = {
  id: '0',
  pid: 1,
  state: 'ready',
  generation: 1,
  inFlight: 0,
  requests: 0,
  utilization: 0,
  delayP99Ms: 0,
  rssBytes: 0,
  restarts: 0,
  isolated: false,
  blocked: false,
} as const
const idle: ClusterStatus = {
  version: '0.1.0',
  model: 'hybrid',
  listen: 'http://127.0.0.1:8080',
  uptimeSeconds: 1,
  loops: [loop, { ...loop, id: '1', pid: 2 }],
  balancers: [],
  routes: [],
  reload: { state: 'idle', generation: 1 },
}

type Handler = (req: http.IncomingMessage, res: http.ServerResponse, body: string) => void

/** A cluster as far as its admin API goes. */
let server: http.Server
let handlers: Record<string, Handler>
let quit: (() => void) | undefined
beforeEach(async () => {
  handlers = { 'GET /api/status': (_, res) => reply(res, 200, idle) }
  quit = undefined
  server = http.createServer((req, res) => {
    let body = ''
    req.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    req.on('end', () =>
      (handlers[`${req.method!} ${req.url!}`] ?? ((_, response) => reply(response, 404, { error: 'NOT_FOUND', message: 'no such path' })))(
        req,
        res,
        body,
      ),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const reply = (res: http.ServerResponse, status: number, body: unknown): void =>
  void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const admin = (): string => `127.0.0.1:${(server.address() as AddressInfo).port}`

async function run(
  argv: readonly string[],
  looks: { isInteractive?: boolean; address?: string; onOut?: (text: string) => void } = {},
): Promise<{ code: number | undefined; out: string; err: string }> {
  const output = { out: '', err: '' }
  const terminal = {
    out: (text: string) => {
      output.out += text
      looks.onOut?.(text)
    },
    err: (text: string) => void (output.err += text),
    isInteractive: looks.isInteractive ?? false,
    hasColours: false,
    showsProgress: false,
    rows: () => 24,
    onQuit: (listener: () => void) => {
      quit = listener
      return () => (quit = undefined)
    },
  }
  try {
    const code = await runCli(argv, { env: { EVENLOOP_ADMIN: looks.address ?? admin() }, cwd: '/', terminal })
    return { code, ...output }
  } catch (error) {
    const { text, exitCode } = reportError(error)
    return { code: exitCode, out: output.out, err: output.err + text }
  }
}

describe.each(['status', 'status --watch', 'reload', 'scale 2', 'stop'])('evenloop %s', (words) => {
  it('says plainly that no cluster answers', async () => {
    const address = admin()
    await new Promise((resolve) => server.close(resolve))
    const err = `evenloop: no cluster answers at http://${address}; is it running? start one with "evenloop start", or name its admin address with --admin\n`
    expect(await run(words.split(' '), { address })).toEqual({ code: 1, out: '', err })
  })

  it('says that something else answers', async () => {
    server.removeAllListeners('request').on('request', (_, res) => void res.writeHead(404).end('<html>'))
    const err = `evenloop: http://${admin()} answers with HTTP 404, but not as the admin address of a cluster does; name that with --admin\n`
    expect(await run(words.split(' '))).toEqual({ code: 1, out: '', err })
  })
})

describe('evenloop status', () => {
  it('is a table, or JSON', async () => {
    expect((await run(['status'])).out).toMatch(/^evenloop 0\.1\.0 .*\n\nLOOP  PID /)
    expect(JSON.parse((await run(['status', '--json'])).out)).toEqual(idle)
  })

  it('asks where --admin says, before the environment', async () => {
    expect(await run(['status', '--admin', admin()], { address: '127.0.0.1:1' })).toMatchObject({ code: 0 })
  })
})

describe('evenloop status --watch', () => {
  const send = (res: http.ServerResponse, uptimeSeconds: number): void =>
    void res.write(`data: ${JSON.stringify({ ...idle, uptimeSeconds })}\n\n`)

  it('prints a table for each event where there is no terminal, and fails when the cluster goes away', async () => {
    handlers['GET /api/events'] = (_, res) => {
      send(res, 1)
      send(res, 2)
      res.end()
    }
    const { code, out, err } = await run(['status', '--watch'])
    expect([code, err]).toEqual([1, `evenloop: the cluster at http://${admin()} went away\n`])
    expect(out.match(/^evenloop 0\.1\.0/gm)).toHaveLength(2)
    expect(out).not.toContain('\u001B')
  })

  it('prints a line of JSON for each event', async () => {
    handlers['GET /api/events'] = (_, res) => {
      send(res, 1)
      res.end()
    }
    const { out } = await run(['status', '--watch', '--json'], { isInteractive: true })
    expect(JSON.parse(out)).toEqual(idle)
  })

  it('redraws a terminal in place, and leaves it as it was when the user quits', async () => {
    handlers['GET /api/events'] = (_, res) => {
      send(res, 1)
      send(res, 2)
    }
    let frames = 0
    const onOut = (text: string): void => {
      if (text.startsWith('\u001B[H') && ++frames === 2) quit?.()
    }
    const { code, out } = await run(['status', '--watch'], { isInteractive: true, onOut })
    expect([code, frames]).toEqual([0, 2])
    expect(out.startsWith('\u001B[?1049h')).toBe(true)
    expect(out.endsWith('\u001B[?1049l')).toBe(true)
    expect(quit).toBeUndefined()
  })
})

describe('evenloop reload', () => {
  it('shows how far it is, and which generation serves then', async () => {
    let finish: () => void = () => {}
    handlers['POST /api/reload?wait=1'] = (req, res) => {
      expect(req.headers['content-type']).toBe('application/json')
      finish = () => reply(res, 200, { generation: 2, loops: 2 })
    }
    let asked = 0
    handlers['GET /api/status'] = (_, res) => {
      reply(res, 200, { ...idle, loops: [{ ...loop, generation: 2 }, idle.loops[1]], reload: { state: 'running', generation: 2 } })
      if (++asked === 2) finish()
    }
    expect(await run(['reload'])).toEqual({
      code: 0,
      out: 'reloaded: generation 2 serves\n',
      err: 'reloading: 1 of 2 loops run generation 2\n',
    })
  })

  it('prints the answer of the cluster as JSON', async () => {
    handlers['POST /api/reload?wait=1'] = (_, res) => reply(res, 200, { generation: 2, loops: 2 })
    expect((await run(['reload', '--json'])).out).toBe('{"generation":2,"loops":2}\n')
  })

  it.each([
    [409, 'a reload is under way'],
    [500, 'app.js threw; generation 1 goes on serving'],
  ])('fails with the words of the cluster (%d)', async (status, message) => {
    handlers['POST /api/reload?wait=1'] = (_, res) => reply(res, status, { error: 'NO', message })
    const { code, err } = await run(['reload'])
    expect(code).toBe(1)
    expect(err.split('\n').at(-2)).toBe(`evenloop: the cluster answers ${status}: ${message}`)
  })
})

describe('evenloop scale', () => {
  it('asks for the number and waits until that many serve', async () => {
    let asked = ''
    handlers['POST /api/scale?wait=1'] = (_, res, body) => {
      asked = body
      reply(res, 200, { loops: 3 })
    }
    expect(await run(['scale', '3'])).toMatchObject({ code: 0, out: 'scaled: 3 loops serve\n' })
    expect(JSON.parse(asked)).toEqual({ loops: 3 })
  })
})

describe('evenloop stop', () => {
  it('waits until the cluster is gone', async () => {
    let asked = 0
    handlers['POST /api/stop'] = (_, res) => reply(res, 202, {})
    handlers['GET /api/status'] = (_, res) => {
      asked++
      reply(res, 200, { ...idle, loops: asked === 1 ? idle.loops : [{ ...loop, state: 'draining' }] })
      if (asked === 2) server.close()
    }
    expect(await run(['stop'])).toEqual({ code: 0, out: 'stopped\n', err: 'stopping: 2 processes left\nstopping: 1 process left\n' })
    expect(asked).toBe(2)
  })
})
