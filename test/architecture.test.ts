import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const rooms = ['core', 'config', 'link', 'proxy', 'loop-node', 'supervisor', 'console', 'cli', 'lab', 'load', 'bench'] as const
type Room = (typeof rooms)[number]

/** Who may import whom; a room may always import itself. */
const arrows: Record<Room, readonly Room[]> = {
  core: [],
  config: ['core'],
  link: ['core'],
  proxy: ['core', 'config', 'link'],
  'loop-node': ['core', 'config', 'link'],
  console: ['core'],
  supervisor: ['core', 'config', 'console'],
  cli: ['core', 'config', 'proxy', 'loop-node', 'supervisor'],
  load: ['core'],
  lab: ['core', 'config', 'link', 'proxy', 'load'],
  bench: ['core', 'config', 'load'],
}

/** The only files that may know a package of weight. */
const confined: Record<string, (file: string) => boolean> = {
  'http-proxy': (file) => file === 'proxy/http-lane/web-proxy.ts',
  fastify: (file) => file.startsWith('loop-node/host/') || file.startsWith('supervisor/admin/'),
  'prom-client': (file) => file.endsWith('metrics.ts'),
  pino: (file) => file === 'core/log.ts' || file === 'proxy/access-log/log-file.ts',
  'pino-pretty': (file) => file === 'core/log.ts',
}

// Rooms of the design that a later version builds are not there yet.
const files = rooms.filter((room) => existsSync(join(root, room))).flatMap((room) => sources(join(root, room)))
const production = files.filter((file) => !file.endsWith('.test.ts') && !file.startsWith('bench/'))

describe('the rooms', () => {
  it.each(rooms)('%s imports only the rooms that its arrows allow', (room) => {
    const wrong = files
      .filter((file) => file.startsWith(`${room}/`) && !file.endsWith('.test.ts'))
      .flatMap((file) => imports(file).map((to) => ({ file, to })))
      .filter(({ to }) => rooms.some((other) => other !== room && to.startsWith(`${other}/`) && !arrows[room].includes(other)))
    expect(wrong).toEqual([])
  })

  it('confines each package of weight to the files that need it', () => {
    const wrong = production.flatMap((file) =>
      imports(file)
        .filter((to) => confined[to] !== undefined && !confined[to](file))
        .map((to) => `${file} imports ${to}`),
    )
    expect(wrong).toEqual([])
  })

  it('reads clock and randomness in core/sources.ts alone', () => {
    const impure = /\b(Date\.now|performance\.now|Math\.random)\(/
    expect(production.filter((file) => file !== 'core/sources.ts' && impure.test(code(file)))).toEqual([])
  })

  it('reads the environment and the arguments in main files and the command line alone', () => {
    const outside = production.filter((file) => !file.startsWith('cli/') && !/\/(main|run)\.ts$/.test(file))
    expect(outside.filter((file) => /\bprocess\.(env|argv)\b/.test(code(file)) && !environmentIsTheirSubject.has(file))).toEqual([])
  })

  it('keeps every file short enough to read at one sitting', () => {
    const long = files.map((file) => ({ file, lines: read(file).split('\n').length })).filter(({ lines }) => lines > 400)
    expect(long).toEqual([])
  })
})

// It shows a program the arguments that the program would have had if it had been started by hand.
const environmentIsTheirSubject = new Set(['loop-node/host/load.ts'])

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return name === 'node_modules' ? [] : sources(path)
    return name.endsWith('.ts') ? [relative(root, path)] : []
  })
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** Without comments and strings. */
function code(file: string): string {
  return read(file)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\/\/.*$/gm, '')
    .replaceAll(/'[^'\n]*'/g, "''")
}

/** Relative imports as paths from the root, others by the package's name; types count too. */
function imports(file: string): string[] {
  return [...read(file).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, to]) =>
    to!.startsWith('.') ? normalize(join(dirname(file), to!)) : to!,
  )
}
