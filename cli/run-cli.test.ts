import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { configKeys } from '../config/keys.ts'

import { reportError } from './report-error.ts'
import { commands, runCli } from './run-cli.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'evenloop-'))
  writeFileSync(join(cwd, 'app.js'), '')
})
afterEach(() => rmSync(cwd, { recursive: true }))

async function run(
  argv: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | undefined; out: string; err: string }> {
  let out = ''
  let err = ''
  const terminal = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    isInteractive: false,
    hasColours: false,
    showsProgress: false,
    rows: () => 24,
    onQuit: () => () => {},
  }
  try {
    const code = await runCli(argv, { env, cwd, terminal })
    return { code, out, err }
  } catch (error) {
    const { text, exitCode } = reportError(error)
    return { code: exitCode, out, err: err + text }
  }
}
const line = (text: string) => text.split(' ').filter(Boolean)

describe('help', () => {
  it('lists every command', async () => {
    const { code, out } = await run(['--help'])
    expect(code).toBe(0)
    for (const { name, summary } of commands) expect(out).toMatch(new RegExp(`^ +${name} +${summary.slice(0, 20)}`, 'm'))
  })

  it('is the answer, and wrong usage, when nothing is asked', async () => {
    const { code, out, err } = await run([])
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('Usage:')
  })

  it.each(commands.map((command) => command.name))('of %s has usage and two to four examples, in lines that fit', async (name) => {
    const { code, out } = await run([name, '--help'])
    expect(code).toBe(0)
    expect(out).toContain(`Usage:\n  evenloop ${name}`)
    expect(out.match(/^ {2}evenloop .* {2}# /gm)?.length).toBeGreaterThanOrEqual(2)
    expect(out.match(/^ {2}evenloop .* {2}# /gm)?.length).toBeLessThanOrEqual(4)
    expect(out.split('\n').filter((text) => text.length > 120)).toEqual([])
    expect(await run(['help', name])).toEqual({ code, out, err: '' })
  })

  it('of start has every key of the configuration, the usual ones first', async () => {
    const { out } = await run(['start', 'app.js', '--help'])
    expect(configKeys.filter(({ flag }) => !new RegExp(`^ {2}${flag} `, 'm').test(out)).map(({ path }) => path)).toEqual([])
    const usual = [
      '--config',
      '--listen',
      '--admin',
      '--model',
      '--loops',
      '--threads',
      '--concurrency',
      '--balancers',
      '--policy',
      '--lane',
      '--command',
      '--log-level',
    ]
    const places = usual.map((flag) => out.indexOf(`\n  ${flag} `))
    expect(places).toEqual([...places].sort((left, right) => left - right))
    expect(out.indexOf('\nMore:')).toBeGreaterThan(Math.max(...places))
  })

  it('of loop and balancer has only what they use', async () => {
    expect((await run(['loop', '--help'])).out).not.toContain('--policy')
    const { out } = await run(['balancer', '--help'])
    expect(out).not.toContain('--start-timeout')
    for (const flag of ['--slow-start', '--isolation-mode', '--routes', '--rate-limit-requests', '--limits-queue-delay'])
      expect(out).toContain(flag)
  })
})

describe('a command', () => {
  it('prints the version', async () => expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/))

  it.each([
    ['relaod', 'evenloop: unknown command relaod; did you mean reload? (an app is named by its file: evenloop start ./relaod.js)\n'],
    [
      'xyzzy',
      'evenloop: unknown command xyzzy; accepted: start, status, explain, reload, scale, stop, stack, profile, heap-snapshot, compare, advise, config, loop, balancer, help (an app is named by its file: evenloop start ./xyzzy.js)\n',
    ],
  ])('that does not exist, %s, is wrong usage', async (name, err) => expect(await run([name])).toEqual({ code: 2, out: '', err }))

  it('that is a file is started', async () => {
    const missing = 'accepted: a file that exists'
    expect((await run(['nope.js'])).err).toContain(`evenloop: command line: APP is nope.js; ${missing}`)
    expect((await run(['--lops', '2', './nope'])).err).toMatch(new RegExp(`unknown flag --lops.*\n.*APP is ./nope; ${missing}`))
  })

  it.each([
    ['start app.js other.js', 'evenloop: command line: "other.js" is one argument too many; accepted: evenloop start [APP] [flags]\n'],
    ['reload now', 'evenloop: command line: "now" is one argument too many; accepted: evenloop reload [--json] [--admin HOST:PORT]\n'],
    ['stop all', 'evenloop: command line: "all" is one argument too many; accepted: evenloop stop [--admin HOST:PORT]\n'],
    ['start app.js --wacth', 'evenloop: command line: unknown flag --wacth; "evenloop config schema" shows every key\n'],
    ['start app.js --confg x', 'evenloop: command line: unknown flag --confg; did you mean --config?\n'],
    ['scale', 'evenloop: command line: N is missing; accepted: a whole number from 1 to 1024, for instance "evenloop scale 4"\n'],
    ['scale 0', 'evenloop: command line: N is 0; accepted: a whole number from 1 to 1024, for instance "evenloop scale 4"\n'],
    ['scale 2 3', 'evenloop: command line: N is 2 3; accepted: a whole number from 1 to 1024, for instance "evenloop scale 4"\n'],
    ['status --wacth', 'evenloop: command line: unknown flag --wacth; did you mean --watch?\n'],
    ['config', 'evenloop: evenloop config alone is no command; accepted: evenloop config check, print or schema\n'],
    ['config chekc', 'evenloop: evenloop config chekc is no command; accepted: evenloop config check, print or schema\n'],
    [
      'loop app.js',
      'evenloop: command line: --serve is missing; accepted: link+tcp://HOST:PORT, link+unix:PATH, http://HOST:PORT or http+unix:PATH\n',
    ],
    [
      'loop app.js --serve dns+http://a:1',
      'evenloop: command line: --serve is dns+http://a:1; accepted: link+tcp://HOST:PORT, link+unix:PATH, http://HOST:PORT or http+unix:PATH\n',
    ],
    [
      'loop app.js --serve dns+link://a:1 --loops 2',
      'evenloop: command line: --serve is dns+link://a:1; accepted: link+tcp://HOST:PORT, link+unix:PATH, http://HOST:PORT or http+unix:PATH\n' +
        'evenloop: command line: unknown flag --loops; evenloop loop has no use for it, see evenloop loop --help\n',
    ],
    [
      'balancer app.js --upstream nowhere',
      'evenloop: command line: --upstream is nowhere; accepted: link+tcp://HOST:PORT, link+unix:PATH, dns+link://NAME:PORT, http://HOST:PORT, http+unix:PATH or dns+http://NAME:PORT\n' +
        'evenloop: command line: APP is app.js; accepted: no app: a balancer serves what --upstream names\n',
    ],
    [
      'loop --command serve{port} --serve link+tcp://127.0.0.1:7400',
      'evenloop: command line: --serve is link+tcp://127.0.0.1:7400; accepted: http+unix:PATH or http://HOST:PORT for a command, which does not speak the link\n',
    ],
    [
      'balancer --lane link --upstream link+unix:/a.sock http://127.0.0.1:1',
      'evenloop: command line: --upstream is http://127.0.0.1:1; accepted: link+tcp://, link+unix: or dns+link:// addresses, since lane is link; lane auto takes both\n',
    ],
  ])('used wrongly, %s, says how to use it', async (words, err) => expect(await run(line(words))).toEqual({ code: 2, out: '', err }))
})

describe('evenloop config', () => {
  it('checks the file that is named, and tells every mistake', async () => {
    const path = join(cwd, 'my.yaml')
    writeFileSync(path, 'loops: 2')
    expect(await run(['config', 'check', 'my.yaml'])).toEqual({ code: 0, out: `${path}: ok\n`, err: '' })
    expect((await run(['config', 'check', 'my.yaml', '--json'])).out).toBe(`{"ok":true,"file":"${path}"}\n`)
    writeFileSync(path, 'loops: 0\npolcy: p2c')
    const err = `evenloop: ${path}:1:1: loops is 0; accepted: a whole number from 1 to 1024, auto, or a range from few to many such as 2..8 or 2..auto\nevenloop: ${path}:2:1: unknown key polcy; did you mean policy?\n`
    expect(await run(['config', 'check', 'my.yaml'])).toEqual({ code: 2, out: '', err })
  })

  it('checks what there is where no file is found', async () => {
    expect(await run(['config', 'check'])).toMatchObject({ code: 0, out: 'no configuration file found; flags and variables are ok\n' })
  })

  it('prints each key with its value and where that was read', async () => {
    writeFileSync(join(cwd, 'evenloop.config.json'), '{ "loops": 2 }')
    const { out } = await run(line('config print --policy p2c'), { EVENLOOP_LOG_LEVEL: 'warn' })
    expect(out).toMatch(/^loops +2 +.*evenloop\.config\.json:1:3$/m)
    expect(out).toMatch(/^policy +"p2c" +--policy$/m)
    expect(out).toMatch(/^logLevel +"warn" +EVENLOOP_LOG_LEVEL$/m)
    expect(out).toMatch(/^limits\.headerBytes +16384 +default$/m)
    expect(out.trimEnd().split('\n')).toHaveLength(configKeys.length + 1)
  })

  it('prints that there is a secret, and not the secret', async () => {
    const env = { EVENLOOP_LINK_SECRET: 'correct horse battery staple' }
    const table = await run(line('config print'), env)
    expect(table.out).toMatch(/^link\.secret +"\*\*\*" +EVENLOOP_LINK_SECRET$/m)
    const json = await run(line('config print --json'), env)
    expect(JSON.parse(json.out)).toMatchObject({ link: { secret: '***' } })
    expect(table.out + json.out).not.toContain('battery')
  })

  it('prints JSON that is a configuration file itself', async () => {
    writeFileSync(join(cwd, 'a.json'), (await run(line('config print --json --loops 3'))).out)
    expect((await run(line('config print --json --config a.json'))).out).toBe((await run(line('config print --json --loops 3'))).out)
  })

  it('prints the JSON Schema', async () => {
    expect(JSON.parse((await run(['config', 'schema'])).out)).toMatchObject({ title: 'evenloop configuration' })
  })
})

describe('errors', () => {
  it('that nobody expected come with a stack and status 1', () => {
    const { text, exitCode } = reportError(new TypeError('x is not a function'))
    expect(exitCode).toBe(1)
    expect(text).toMatch(/^evenloop failed unexpectedly, please report this:\nTypeError: x is not a function\n {4}at /)
  })
})
