import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { fakeAdmin, reply } from '../test/support/fake-admin.ts'

const { handlers, run } = fakeAdmin()
let cwd: string
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'evenloop-'))))
afterEach(() => rmSync(cwd, { recursive: true }))

const serve = (path: string, filename: string, content: string): string[] => {
  const bodies: string[] = []
  handlers()[`POST /api/loops/${path}`] = (_, res, body) => {
    bodies.push(body)
    res.writeHead(200, { 'content-disposition': `attachment; filename="${filename}"` }).end(content)
  }
  return bodies
}

describe('evenloop profile', () => {
  it('writes the file under the name that the cluster gives, readable by its owner alone', async () => {
    const bodies = serve('0/profile', 'evenloop-loop0-20261123T011239Z.cpuprofile', '{"nodes":[]}')
    const path = join(cwd, 'evenloop-loop0-20261123T011239Z.cpuprofile')
    expect(await run(['profile', '0'], { cwd })).toEqual({ code: 0, out: `${path}: 12 B\n`, err: 'profiling loop 0 for 10 s\n' })
    expect(bodies).toEqual(['{"seconds":10}'])
    expect(readFileSync(path, 'utf8')).toBe('{"nodes":[]}')
    expect(statSync(path).mode & 0o077).toBe(0)
  })

  it('takes seconds and a name', async () => {
    const bodies = serve('3/profile', 'other', '{}')
    expect((await run(['profile', '3', '--seconds', '2', '--out', 'mine.cpuprofile'], { cwd })).code).toBe(0)
    expect([bodies, readdirSync(cwd)]).toEqual([['{"seconds":2}'], ['mine.cpuprofile']])
  })

  it.each(['../../etc/passwd', '/etc/passwd', '..', '.bashrc', 'a b;c'])('does not let the cluster choose the folder: %s', async (name) => {
    serve('0/profile', name, '{}')
    await run(['profile', '0'], { cwd })
    expect(readdirSync(cwd)).toHaveLength(1)
    expect(readdirSync(cwd)[0]).toMatch(/^\w[\w.-]*$/)
  })

  it.each([
    ['profile', 'LOOP is missing'],
    ['profile 0 1', 'LOOP is 0 1'],
    ['profile ../status', 'LOOP is ../status'],
    ['heap-snapshot loop0', 'LOOP is loop0'],
    ['profile 0 --seconds 0', '--seconds is 0; accepted: a whole number from 1 to 60'],
    ['profile 0 --seconds 1.5', '--seconds is 1.5'],
    ['heap-snapshot 0 --seconds 5', 'unknown flag --seconds'],
  ])('%s is wrong usage', async (words, message) => {
    const { code, err } = await run(words.split(' '), { cwd })
    expect([code, err]).toEqual([2, expect.stringContaining(message)])
  })
})

describe('evenloop heap-snapshot', () => {
  it('leaves no half of a file where the cluster breaks off', async () => {
    handlers()['POST /api/loops/0/heap-snapshot'] = (_, res) => {
      res.writeHead(200, { 'content-disposition': 'attachment; filename="a.heapsnapshot"' }).write('{"snap', () => res.destroy())
    }
    const { code, err } = await run(['heap-snapshot', '0'], { cwd })
    expect([code, readdirSync(cwd)]).toEqual([1, []])
    expect(err).toContain('a.heapsnapshot was not written: the cluster broke off its answer')
  })

  it('says why a file cannot be written', async () => {
    serve('0/heap-snapshot', 'a', '{}')
    const { code, err } = await run(['heap-snapshot', '0', '--out', 'no/such/folder'], { cwd })
    expect([code, err]).toEqual([1, expect.stringContaining('no/such/folder was not written: ENOENT')])
  })

  it('fails with the words of the cluster', async () => {
    handlers()['POST /api/loops/7/heap-snapshot'] = (_, res) =>
      reply(res, 404, { error: 'NOT_FOUND', message: 'no loop 7; there are 0, 1' })
    const { code, err } = await run(['heap-snapshot', '7'], { cwd })
    expect([code, err]).toEqual([1, expect.stringContaining('the cluster answers 404: no loop 7; there are 0, 1')])
    expect(readdirSync(cwd)).toEqual([])
  })
})
