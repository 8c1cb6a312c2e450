import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Part } from './contestant.ts'
import { haproxyConfig, nginxConfig, type ProxyPlace } from './proxy-configs.ts'

// The programs that several contestants consist of.

const node = process.execPath

/** A file beside this one. */
export const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** What a program with a port of its own says once it serves. */
export const readyLine = /ready (http:\S+)/

/** Which app a program serves (a file of peers/, app.mjs unless told), and what that app reads. */
export interface AppChoice {
  readonly app?: string
  readonly env?: Readonly<Record<string, string>>
}

const envOf = ({ app, env }: AppChoice): Record<string, string> => ({ ...env, ...(app === undefined ? {} : { APP: `./${app}` }) })

/** The app on a unix socket, for the proxies that can use one. */
export const appOnSocket = (socket: string, choice: AppChoice = {}): Part => ({
  role: 'loop',
  command: [node, here('peers/app-server.mjs'), socket],
  env: envOf(choice),
  ready: /ready/,
})

/** The app on a port. */
export const appOnPort = (port: number): Part => ({
  role: 'loop',
  command: [node, here('peers/listening-app.mjs')],
  env: { PORT: String(port) },
  ready: readyLine,
})

/** The app in workers that share a port. */
export const clusterPart = (workers: number, choice: AppChoice = {}): Part => ({
  role: 'balancer',
  command: [node, here('peers/node-cluster.mjs')],
  // Each of them says it.
  ready: new RegExp(`(?:${readyLine.source}\\s+){${workers}}`),
  children: [{ role: 'loop', match: /node-cluster/ }],
  env: { ...envOf(choice), PORT: '0', WORKERS: String(workers) },
})

/** nginx with its files in the folder. */
export const nginxPart = (folder: string, place: ProxyPlace): Part => ({
  role: 'balancer',
  command: ['nginx', '-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr', '-g', 'daemon off;'],
  ready: place.port,
  files: { 'nginx.conf': nginxConfig(place) },
})

/** HAProxy with its files in the folder. */
export const haproxyPart = (folder: string, place: ProxyPlace): Part => ({
  role: 'balancer',
  command: ['haproxy', '-db', '-f', join(folder, 'haproxy.cfg')],
  ready: place.port,
  files: { 'haproxy.cfg': haproxyConfig(place) },
})

export interface EvenloopForm extends AppChoice {
  readonly lane: 'http' | 'link'
  readonly loops: number
  readonly flags?: readonly string[]
}

/** evenloop as it is started by its command, but for ports that are free and one balancer. */
export const evenloopPart = ({ app = 'app.mjs', env = {}, lane, loops, flags = [] }: EvenloopForm): Part => ({
  role: 'supervisor',
  command: [
    ...[node, here('../dist/cli/main.js'), 'start', here(`peers/${app}`)],
    ...['--lane', lane, '--loops', String(loops), '--balancers', '1'],
    ...['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--log-level', 'error'],
    ...flags,
  ],
  env,
  ready: /evenloop ready: (http:\/\/[^\s(]+).* admin (?<admin>http:[^\s)]+)/,
  children: [
    { role: 'balancer', match: /\/proxy\/main\.js/ },
    { role: 'loop', match: /\/loop-node\/main\.js/ },
  ],
})
