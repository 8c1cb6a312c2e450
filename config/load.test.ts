import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Value } from 'typebox/value'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { ConfigError } from '../core/errors.ts'

import type { AppNeed } from './cross-checks.ts'
import { loadSettings } from './load.ts'
import { Settings } from './schema.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'evenloop-'))
  writeFileSync(join(cwd, 'app.js'), '')
})
afterEach(() => rmSync(cwd, { recursive: true }))

const write = (name: string, text: string): string => {
  writeFileSync(join(cwd, name), text)
  return join(cwd, name)
}

interface Given {
  readonly flags?: readonly (readonly [string, string?])[]
  readonly env?: Record<string, string>
  readonly file?: string
  readonly app?: AppNeed
}

const load = ({ flags = [], env = {}, file, app = 'optional' }: Given) =>
  loadSettings({ flags: flags.map(([name, value]) => ({ name, value })), env, cwd, configFile: file, app })

async function problemsOf(given: Given): Promise<string[]> {
  const error: unknown = await load(given).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ConfigError)
  return (error as ConfigError).message.split('\n')
}

describe('precedence', () => {
  it('takes the default where nobody says anything, and a whole valid configuration comes of it', async () => {
    const { settings, origins, file } = await load({})
    expect(settings).toMatchObject({
      listen: '127.0.0.1:8080',
      admin: '127.0.0.1:9400',
      model: 'hybrid',
      loops: 'auto',
      limits: { headerBytes: 16_384 },
    })
    expect(Value.Check(Settings, settings)).toBe(true)
    expect(origins.get('loops')).toEqual({ key: 'loops', source: 'default' })
    expect(file).toBeUndefined()
  })

  it('lets the flag beat the variable, the variable the file, and the file the default', async () => {
    const path = write('evenloop.config.json', '{\n  "loops": 2,\n  "policy": "p2c",\n  "limits": { "queue": 5, "urlBytes": "1KiB" }\n}')
    const env = { EVENLOOP_LOOPS: '3', EVENLOOP_LIMITS_QUEUE: '6' }
    const { settings, origins } = await load({ env, flags: [['--loops', '4']] })
    expect(settings).toMatchObject({ loops: 4, policy: 'p2c', limits: { queue: 6, urlBytes: 1024, headerCount: 100 } })
    expect(origins.get('loops')).toMatchObject({ key: '--loops', source: 'command line' })
    expect(origins.get('limits.queue')).toMatchObject({ key: 'EVENLOOP_LIMITS_QUEUE', source: 'environment' })
    expect(origins.get('limits.urlBytes')).toMatchObject({ key: 'limits.urlBytes', source: `${path}:4:27` })
  })

  it('lets the last of two equal flags count', async () => {
    expect(
      (
        await load({
          flags: [
            ['--loops', '2'],
            ['--loops', '5'],
          ],
        })
      ).settings.loops,
    ).toBe(5)
  })

  it('puts lists of repeated flags, and env and options of all places, together', async () => {
    write('evenloop.config.yaml', 'env: { A: file, B: file, C: file }\ntrustedProxies: [10.0.0.0/8]')
    const { settings } = await load({
      env: { EVENLOOP_ENV: 'B=variable,C=variable' },
      flags: [
        ['--env', 'C=flag'],
        ['--env', 'D=x=y'],
        ['--trusted-proxies', '::1'],
        ['--trusted-proxies', '192.0.2.1,192.0.2.2'],
      ],
    })
    expect(settings.env).toEqual({ A: 'file', B: 'variable', C: 'flag', D: 'x=y' })
    expect(settings.trustedProxies).toEqual(['::1', '192.0.2.1', '192.0.2.2'])
  })

  it('puts what is said of routes together, from wherever it is said', async () => {
    write('evenloop.config.yaml', 'routes:\n  POST /reports/:id: blocking low\n  /search: high\n  /x: low')
    const { settings } = await load({
      env: { EVENLOOP_ROUTES: '{"GET /a,b":"async","/x":"normal"}' },
      flags: [['--routes', '/y=blocking,GET /z=low blocking']],
    })
    expect(settings.routes).toEqual({
      'POST /reports/:id': 'blocking low',
      '/search': 'high',
      'GET /a,b': 'async',
      '/x': 'normal',
      '/y': 'blocking',
      'GET /z': 'low blocking',
    })
  })

  it('takes an empty variable for not set', async () => {
    expect((await load({ env: { EVENLOOP_LOOPS: '', EVENLOOP_CONFIG: '' } })).settings.loops).toBe('auto')
  })

  it('does not mistake the variables of evenloop itself for keys', async () => {
    await expect(load({ env: { EVENLOOP_LOOP_ID: '0', EVENLOOP_CHILD: '{}' } })).resolves.toBeDefined()
  })

  it('never shares a default between two configurations', async () => {
    const first = await load({})
    first.settings.trustedProxies.push('::1')
    expect((await load({})).settings.trustedProxies).toEqual([])
  })
})

describe('mistakes', () => {
  it('are told all at once, each with key, value, what is accepted, and place', async () => {
    const path = write('evenloop.config.yaml', 'loops: zero\nlimits:\n  headerbytes: 1KiB\n  queue: -1\nretry: 5\nhealth:\n')
    expect(
      await problemsOf({
        env: { EVENLOOP_POLICY: 'random', EVENLOOP_LOPS: '2' },
        flags: [['--concurrency', '0'], ['--lops', '4'], ['--model']],
      }),
    ).toEqual([
      `${path}:1:1: loops is "zero"; accepted: a whole number from 1 to 1024, auto, or a range from few to many such as 2..8 or 2..auto`,
      `${path}:3:3: unknown key limits.headerbytes; did you mean limits.headerBytes?`,
      `${path}:4:3: limits.queue is -1; accepted: a whole number, 0 or more`,
      `${path}:5:1: retry is 5; accepted: a group of the keys attempts, budget, reserve`,
      'environment: EVENLOOP_POLICY is random; accepted: least-request, round-robin, p2c, peak-ewma or rendezvous',
      'environment: unknown variable EVENLOOP_LOPS; did you mean EVENLOOP_LOOPS?',
      'command line: --concurrency is 0; accepted: a whole number from 1 to 1000000, or auto, adaptive or unlimited',
      'command line: unknown flag --lops; did you mean --loops?',
      'command line: --model is without a value; accepted: sync, async or hybrid',
    ])
  })

  it('leave a hint where no name is near', async () => {
    expect(await problemsOf({ flags: [['--xyzzy', '1']] })).toEqual([
      'command line: unknown flag --xyzzy; "evenloop config schema" shows every key',
    ])
  })

  it('are found in values of every kind', async () => {
    const time = 'a time such as 500ms, 30s, 5m or 1h, or milliseconds as a number'
    expect(
      await problemsOf({
        flags: [
          ['--drain-timeout', '5 parsecs'],
          ['--drain-timeout', '25.5'],
          ['--drain-timeout', '600h'],
          ['--start-timeout', '0'],
          ['--limits-url-bytes', '1'],
          ['--retry-budget', '2'],
          ['--health-path', 'ready'],
          ['--sticky-name', 'a b'],
          ['--env', 'NAME'],
          ['--options', '[1]'],
          ['--app', ''],
        ],
      }),
    ).toEqual([
      `command line: --drain-timeout is 5 parsecs; accepted: ${time}, at most 24 days`,
      `command line: --drain-timeout is 25.5; accepted: ${time}, at most 24 days`,
      `command line: --drain-timeout is 600h; accepted: ${time}, at most 24 days`,
      `command line: --start-timeout is 0; accepted: ${time}, at least 1ms, at most 24 days`,
      'command line: --limits-url-bytes is 1; accepted: an amount such as 512B, 64KiB, 8MiB or 1GiB, or bytes as a number, at least 64B',
      'command line: --retry-budget is 2; accepted: a number from 0 to 1',
      'command line: --health-path is ready; accepted: a path that starts with /',
      'command line: --sticky-name is a b; accepted: letters, digits and - _ . (an HTTP token)',
      'command line: --env is NAME; accepted: names with text values, for instance A=1,B=2 or {"A":"1"}',
      'command line: --options is [1]; accepted: an object',
      'command line: --app is empty; accepted: text that is not empty',
    ])
  })

  it('include text where a file must hold a number, and an empty value', async () => {
    const routes = write('routes.yaml', 'routes: { /good: high, /bad: bloking, bad: low, post /x: low, "/sp ace": low }')
    expect(await problemsOf({ file: routes })).toEqual([
      `${routes}:1:1: routes is {"/bad":"bloking","bad":"low","post /x":"low","/sp ace":"low"}; accepted: routes, a path with or without a method before it, and for each of them words among blocking, async, high, normal and low, for instance "POST /reports/:id=blocking low" or {"/search":"high"}`,
    ])
    const path = write('evenloop.config.json', '{ "loops": "4", "limits": { "queue": null }, "env": { "A": 1 } }')
    expect(await problemsOf({})).toEqual([
      `${path}:1:3: loops is "4"; accepted: a whole number from 1 to 1024, auto, or a range from few to many such as 2..8 or 2..auto`,
      `${path}:1:29: limits.queue is null; accepted: a whole number, 0 or more`,
      `${path}:1:46: env is {"A":1}; accepted: names with text values, for instance A=1,B=2 or {"A":"1"}`,
    ])
  })

  it('include names that every object has', async () => {
    const path = write('evenloop.config.json', '{ "__proto__": { "loops": 1 }, "constructor": 1 }')
    expect(await problemsOf({})).toEqual([
      `${path}:1:3: unknown key __proto__; "evenloop config schema" shows every key`,
      `${path}:1:32: unknown key constructor; "evenloop config schema" shows every key`,
    ])
  })

  it('include a file that is no group of keys', async () => {
    const path = write('evenloop.config.yaml', '- loops')
    expect((await problemsOf({}))[0]).toMatch(`${path}: the configuration is ["loops"]; accepted: a group of the keys app, kind,`)
  })
})

describe('what one key cannot tell alone', () => {
  it.each([
    [[['--listen', 'example']], 'command line: --listen is example; accepted: HOST:PORT, for instance "0.0.0.0:8080"'],
    [[['--listen', 'off']], 'command line: --listen is off; accepted: HOST:PORT, for instance "0.0.0.0:8080"'],
    [
      [['--admin', '127.0.0.1:99999']],
      'command line: --admin is 127.0.0.1:99999; accepted: HOST:PORT, for instance "127.0.0.1:9400", or off',
    ],
    [
      [['--trusted-proxies', '10.0.0.0/33,::1/128,1.2.3.4/8/8,nobody']],
      'command line: --trusted-proxies is 10.0.0.0/33, 1.2.3.4/8/8, nobody; accepted: a list of addresses or CIDR ranges, for instance 10.0.0.0/8 and ::1',
    ],
    [
      [
        ['--lane', 'link'],
        ['--command', 'serve {port}'],
      ],
      'command line: --lane is link; accepted: auto or http where a command is the server: only Node apps that evenloop hosts speak the link',
    ],
    [[['--link-cert', 'app.js']], 'command line: --link-cert is app.js; accepted: link.cert together with link.key: TLS needs both'],
    [[['--link-key', 'app.js']], 'command line: --link-key is app.js; accepted: link.key together with link.cert: TLS needs both'],
    [
      [
        ['--model', 'async'],
        ['--loops', '2'],
      ],
      'command line: --loops is 2; accepted: 1 or auto under the model async, which is one loop; hybrid is the model with several',
    ],
    [
      [
        ['--model', 'sync'],
        ['--concurrency', '2'],
      ],
      'command line: --concurrency is 2; accepted: 1 or auto under the model sync, whose workers hold one request at a time',
    ],
    [
      [
        ['--model', 'sync'],
        ['--concurrency', 'adaptive'],
      ],
      'command line: --concurrency is adaptive; accepted: 1 or auto under the model sync, whose workers hold one request at a time',
    ],
    [
      [['--routes', 'PSOT /x=blocking']],
      'command line: --routes is PSOT /x; accepted: an HTTP method such as GET or POST before the path, or the path alone for every method',
    ],
    [[['--routes', '/x=blocking async high']], 'command line: --routes is blocking async high for /x; accepted: one of blocking, async'],
    [[['--routes', '/x=low high']], 'command line: --routes is low high for /x; accepted: one of high, normal, low'],
    [
      [['--command', 'serve 3000']],
      'command line: --command is serve 3000; accepted: a command line with {socket} or {port} where the server takes its address, for instance "uvicorn main:app --uds {socket}"',
    ],
    [
      [
        ['--app', 'app.js'],
        ['--command', 'serve {port}'],
      ],
      'command line: --command is serve {port}; accepted: only one of app and command (app is app.js, from command line)',
    ],
  ] as const)('%j', async (flags, message) => expect(await problemsOf({ flags })).toEqual([message]))

  it.each([
    [['--admin', 'off']],
    [
      ['--model', 'async'],
      ['--loops', '1'],
    ],
    [
      ['--model', 'sync'],
      ['--concurrency', '1'],
      ['--loops', '8'],
    ],
    [['--command', 'x {port}']],
    [['--lane', 'http']],
    [['--lane', 'link']],
    [
      ['--lane', 'http'],
      ['--command', 'x {port}'],
    ],
    [['--link-ca', 'app.js']],
  ] as const)('%j is fine', async (...flags) => expect(await load({ flags })).toBeDefined())
})

describe("the link's secret", () => {
  it.each([
    { env: { EVENLOOP_LINK_SECRET: 'too-short' }, from: 'environment: EVENLOOP_LINK_SECRET' },
    { flags: [['--link-secret', 'too-short']] as const, from: 'command line: --link-secret' },
  ])('is not shown where it is refused, from the $from', async ({ from, ...given }) => {
    const [problem] = await problemsOf(given)
    expect(problem).toMatch(`${from} is ***; accepted: text of at least 16 characters`)
  })

  it('is not shown where a file has a wrong one', async () => {
    const file = write('config.yaml', 'link:\n  secret: too-short')
    expect((await problemsOf({ file }))[0]).toMatch(`${file}:2:3: link.secret is ***; accepted: text`)
  })

  it('that is missing on the command line is said to be missing', async () => {
    expect((await problemsOf({ flags: [['--link-secret']] }))[0]).toMatch('--link-secret is without a value')
    expect((await problemsOf({ flags: [['--link-secret', '']] }))[0]).toMatch('--link-secret is empty')
  })
})

describe("the access log's file", () => {
  it('counts from the folder of the file that names it, and need not be there', async () => {
    mkdirSync(join(cwd, 'etc'))
    const file = write('etc/evenloop.json', '{ "accessLog": { "file": "access.log" } }')
    expect((await load({ file })).settings.accessLog.file).toBe(join(cwd, 'etc', 'access.log'))
    expect((await load({ file, flags: [['--access-log-file', 'a.log']] })).settings.accessLog.file).toBe(join(cwd, 'a.log'))
    expect((await load({})).settings.accessLog.file).toBe('-')
  })

  it('must lie in a folder, and be none', async () => {
    mkdirSync(join(cwd, 'etc'))
    expect(await problemsOf({ flags: [['--access-log-file', 'none/a.log']] })).toEqual([
      `command line: --access-log-file is none/a.log; accepted: a file in a folder that exists (there is no folder ${join(cwd, 'none')})`,
    ])
    expect(await problemsOf({ flags: [['--access-log-file', 'etc']] })).toEqual([
      `command line: --access-log-file is etc; accepted: a file (${join(cwd, 'etc')} is a folder; name a file in it)`,
    ])
  })
})

describe("the link's certificates", () => {
  it('must exist, and count from where they were named', async () => {
    mkdirSync(join(cwd, 'tls'))
    for (const name of ['cert.pem', 'key.pem', 'ca.pem']) write(`tls/${name}`, '')
    const file = write('tls/config.yaml', 'link: { cert: cert.pem, key: key.pem }')
    const { settings } = await load({ file, flags: [['--link-ca', 'tls/ca.pem']] })
    const at = (name: string) => join(cwd, 'tls', name)
    expect(settings.link).toEqual({ cert: at('cert.pem'), key: at('key.pem'), ca: at('ca.pem') })
    expect(await problemsOf({ flags: [['--link-ca', 'nope.pem']] })).toEqual([
      `command line: --link-ca is nope.pem; accepted: a file that exists (there is no ${join(cwd, 'nope.pem')})`,
    ])
  })
})

describe('the app', () => {
  it('is asked for with an example, where there is neither app nor command', async () => {
    expect(await problemsOf({ app: 'required' })).toEqual([
      'command line: app is missing; accepted: the file of an app, for instance "evenloop start app.js", or a server in any language, "evenloop start --command \'PROGRAM ARGS {socket}\'"',
    ])
  })

  it('must exist, under the path that was tried', async () => {
    expect(await problemsOf({ flags: [['--app', 'nope.js']] })).toEqual([
      `command line: --app is nope.js; accepted: a file that exists (there is no ${join(cwd, 'nope.js')})`,
    ])
    expect(await problemsOf({ flags: [['--app', '.']] })).toEqual([
      `command line: --app is .; accepted: a file (${cwd} is a folder; name the file in it that is the app)`,
    ])
  })

  it('counts from the working directory on the command line, and from the folder of a file in that file', async () => {
    mkdirSync(join(cwd, 'sub'))
    write('sub/app.js', '')
    const file = write('sub/config.yaml', 'app: app.js')
    expect((await load({ flags: [['--app', 'app.js']] })).settings.app).toBe(join(cwd, 'app.js'))
    expect((await load({ file })).settings.app).toBe(join(cwd, 'sub', 'app.js'))
  })

  it('is of no concern to a balancer that runs alone', async () => {
    const file = write('config.yaml', 'app: elsewhere.js')
    await expect(load({ file, app: 'ignored' })).resolves.toBeDefined()
  })
})
