import http from 'node:http'

import { describe, expect, it } from 'vitest'

import { fakeAdmin, idle, reply } from '../test/support/fake-admin.ts'
import { idleLoop as loop } from '../test/support/idle-loop.ts'

const { handlers, admin, run, quit, close, answerAll } = fakeAdmin()

describe.each(['status', 'status --watch', 'reload', 'scale 2', 'stop'])('evenloop %s', (words) => {
  it('says plainly that no cluster answers', async () => {
    const address = admin()
    await close()
    const err = `evenloop: no cluster answers at http://${address}; is it running? start one with "evenloop start", or name its admin address with --admin\n`
    expect(await run(words.split(' '), { address })).toEqual({ code: 1, out: '', err })
  })

  it('says that something else answers', async () => {
    answerAll((_, res) => void res.writeHead(404).end('<html>'))
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
    handlers()['GET /api/events'] = (_, res) => {
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
    handlers()['GET /api/events'] = (_, res) => {
      send(res, 1)
      res.end()
    }
    const { out } = await run(['status', '--watch', '--json'], { isInteractive: true })
    expect(JSON.parse(out)).toEqual(idle)
  })

  it('redraws a terminal in place, and leaves it as it was when the user quits', async () => {
    handlers()['GET /api/events'] = (_, res) => {
      send(res, 1)
      send(res, 2)
    }
    let frames = 0
    const onOut = (text: string): void => {
      if (text.startsWith('\u001B[H') && ++frames === 2) quit()
    }
    const { code, out } = await run(['status', '--watch'], { isInteractive: true, onOut })
    expect([code, frames]).toEqual([0, 2])
    expect(out.startsWith('\u001B[?1049h')).toBe(true)
    expect(out.endsWith('\u001B[?1049l')).toBe(true)
    expect(quit()).toBe(false)
  })
})

describe('evenloop status --watch on a terminal', () => {
  it('shows what happened below the table, the last five, and no control characters of an app', async () => {
    handlers()['GET /api/events'] = (_, res) => {
      res.write(`data: ${JSON.stringify(idle)}\n\n`)
      for (let id = 1; id <= 7; id++) {
        const notice = { id, at: 0, kind: 'crash', severity: 'error', message: `crash ${id} \u001B[2Jwiped` }
        res.write(`event: notice\nid: ${id}\ndata: ${JSON.stringify(notice)}\n\n`)
      }
      res.write(`data: ${JSON.stringify(idle)}\n\n`)
    }
    let last = ''
    const onOut = (text: string): void => {
      last = text
      if (text.includes('crash')) quit()
    }
    await run(['status', '--watch'], { isInteractive: true, onOut: (text) => text.startsWith('\u001B[H') && onOut(text) })
    expect(last.match(/crash \d/g)).toEqual(['crash 3', 'crash 4', 'crash 5', 'crash 6', 'crash 7'])
    expect(last).not.toContain('\u001B[2J')
  })
})

describe('evenloop reload', () => {
  it('shows how far it is, and which generation serves then', async () => {
    let finish: () => void = () => {}
    handlers()['POST /api/reload?wait=1'] = (req, res) => {
      expect(req.headers['content-type']).toBe('application/json')
      finish = () => reply(res, 200, { generation: 2, loops: 2 })
    }
    let asked = 0
    handlers()['GET /api/status'] = (_, res) => {
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
    handlers()['POST /api/reload?wait=1'] = (_, res) => reply(res, 200, { generation: 2, loops: 2 })
    expect((await run(['reload', '--json'])).out).toBe('{"generation":2,"loops":2}\n')
  })

  it.each([
    [409, 'a reload is under way'],
    [500, 'app.js threw; generation 1 goes on serving'],
  ])('fails with the words of the cluster (%d)', async (status, message) => {
    handlers()['POST /api/reload?wait=1'] = (_, res) => reply(res, status, { error: 'NO', message })
    const { code, err } = await run(['reload'])
    expect(code).toBe(1)
    expect(err.split('\n').at(-2)).toBe(`evenloop: the cluster answers ${status}: ${message}`)
  })
})

describe('evenloop stack', () => {
  const frames = [{ name: 'spin', file: '/srv/app\u001B.js', line: 3, column: 1 }]

  it('prints a call a line, fit for a terminal, or JSON', async () => {
    handlers()['POST /api/loops/2/stack'] = (_, res) => reply(res, 200, { loop: '2', frames })
    expect(await run(['stack', '2'])).toEqual({ code: 0, out: 'spin (/srv/app .js:3:1)\n', err: '' })
    expect(JSON.parse((await run(['stack', '2', '--json'])).out)).toEqual({ loop: '2', frames })
  })

  it('fails with the words of the cluster', async () => {
    handlers()['POST /api/loops/2/stack'] = (_, res) => reply(res, 404, { error: 'NOT_FOUND', message: 'no loop 2; there are 0, 1' })
    expect(await run(['stack', '2'])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('no loop 2; there are 0, 1') })
  })
})

describe('evenloop scale', () => {
  it('asks for the number and waits until that many serve', async () => {
    let asked = ''
    handlers()['POST /api/scale?wait=1'] = (_, res, body) => {
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
    handlers()['POST /api/stop'] = (_, res) => reply(res, 202, {})
    handlers()['GET /api/status'] = (_, res) => {
      asked++
      reply(res, 200, { ...idle, loops: asked === 1 ? idle.loops : [{ ...loop, state: 'draining' }] })
      if (asked === 2) void close()
    }
    expect(await run(['stop'])).toEqual({ code: 0, out: 'stopped\n', err: 'stopping: 2 processes left\nstopping: 1 process left\n' })
    expect(asked).toBe(2)
  })
})
