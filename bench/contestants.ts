import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Who takes part, as data: a new rival is an entry here and, where it needs one, a file in peers/. */
export interface Contestant {
  readonly name: string
  readonly suite: Suite
  /** The commands it consists of, started in this order; the last one's ready line names its URL. */
  parts(folder: string): readonly Part[]
}

export interface Part {
  /** Under which the CPU time of the process itself is shown. */
  readonly role: Role
  readonly command: readonly string[]
  /** On standard output when it serves; the first group of the last part is the URL. */
  readonly ready: RegExp
  /** Roles of child processes, by a match in their command line. */
  readonly children?: readonly { readonly role: Role; readonly match: RegExp }[]
}

export const suites = ['http-lane'] as const
export type Suite = (typeof suites)[number]

export const roles = ['balancer', 'loop', 'supervisor'] as const
export type Role = (typeof roles)[number]

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const node = process.execPath

export const contestants: readonly Contestant[] = [
  {
    name: 'minimal http-proxy',
    suite: 'http-lane',
    parts: (folder) => [
      { role: 'loop', command: [node, here('peers/app-server.mjs'), join(folder, 'app.sock')], ready: /ready/ },
      { role: 'balancer', command: [node, here('peers/minimal-http-proxy.mjs'), join(folder, 'app.sock')], ready: /ready (http:\S+)/ },
    ],
  },
  {
    name: 'evenloop http lane',
    suite: 'http-lane',
    parts: () => [
      {
        role: 'supervisor',
        command: [
          ...[node, here('../dist/cli/main.js'), 'start', here('peers/app.mjs'), '--lane', 'http', '--loops', '1', '--balancers', '1'],
          ...['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--log-level', 'error'],
        ],
        ready: /evenloop ready: (http:\/\/[^\s(]+)/,
        children: [
          { role: 'balancer', match: /\/proxy\/main\.js/ },
          { role: 'loop', match: /\/loop-node\/main\.js/ },
        ],
      },
    ],
  },
]

/** What is asked of each contestant. */
export interface Case {
  readonly name: string
  /** The argument of wrk-headers.lua. */
  readonly script: 'get' | 'post'
  readonly path: string
  readonly connections: number
  /** What the answer must be. */
  readonly body: string
}

export const cases: readonly Case[] = [
  { name: 'small JSON, eleven browser headers', script: 'get', path: '/json', connections: 64, body: '{"hello":"world","items":[1,2,3]}' },
  { name: '1 KiB POST, echoed', script: 'post', path: '/echo', connections: 64, body: 'x'.repeat(1024) },
]
