import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Contestant, Part } from './contestant.ts'
import { haproxyConfig, nginxConfig } from './proxy-configs.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const installed = (path: string): string => here(`peers/node_modules/${path}`)
const node = process.execPath
const readyLine = /ready (http:\S+)/

/** The app on a unix socket, for the proxies that can use one. */
const socketOf = (folder: string): string => join(folder, 'app.sock')
const app = (folder: string): Part => ({ role: 'loop', command: [node, here('peers/app-server.mjs'), socketOf(folder)], ready: /ready/ })

/** The app on a port. */
const listening = (port: number): Part => ({
  role: 'loop',
  command: [node, here('peers/listening-app.mjs')],
  env: { PORT: String(port) },
  ready: readyLine,
})

export const bareFastify: Contestant = {
  name: 'bare Fastify',
  parts: () => [listening(0)],
}

const nodeCluster: Contestant = {
  name: 'node:cluster',
  parts: () => [
    {
      role: 'balancer',
      command: [node, here('peers/node-cluster.mjs')],
      ready: readyLine,
      children: [{ role: 'loop', match: /node-cluster/ }],
      env: { PORT: '0' },
    },
  ],
}

const pm2: Contestant = {
  name: 'PM2 cluster',
  needs: ['peers'],
  parts: ({ folder }) => [
    {
      // The daemon is the primary of node:cluster; pm2-runtime keeps it in the foreground.
      role: 'balancer',
      command: [node, installed('pm2/bin/pm2-runtime'), 'start', here('peers/listening-app.mjs'), '-i', '1'],
      ready: readyLine,
      children: [{ role: 'loop', match: /listening-app/ }],
      env: { PM2_HOME: join(folder, 'pm2'), PORT: '0' },
    },
  ],
}

export const nginx: Contestant = {
  name: 'nginx',
  needs: ['nginx'],
  parts: ({ folder, port }) => [
    app(folder),
    {
      role: 'balancer',
      command: ['nginx', '-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr', '-g', 'daemon off;'],
      ready: port,
      files: { 'nginx.conf': nginxConfig({ port, socket: socketOf(folder) }) },
    },
  ],
}

export const haproxy: Contestant = {
  name: 'HAProxy',
  needs: ['haproxy'],
  parts: ({ folder, port }) => [
    app(folder),
    {
      role: 'balancer',
      command: ['haproxy', '-db', '-f', join(folder, 'haproxy.cfg')],
      ready: port,
      files: { 'haproxy.cfg': haproxyConfig({ port, socket: socketOf(folder) }) },
    },
  ],
}

export const minimalHttpProxy: Contestant = {
  name: 'minimal http-proxy',
  parts: ({ folder }) => [
    app(folder),
    { role: 'balancer', command: [node, here('peers/minimal-http-proxy.mjs'), socketOf(folder)], ready: readyLine },
  ],
}

const fastifyHttpProxy: Contestant = {
  name: '@fastify/http-proxy',
  needs: ['peers'],
  parts: ({ upstreamPort }) => [
    listening(upstreamPort),
    { role: 'balancer', command: [node, here('peers/fastify-http-proxy.mjs'), `http://127.0.0.1:${upstreamPort}`], ready: readyLine },
  ],
}

const watt: Contestant = {
  name: 'Watt (Node 24)',
  needs: ['peers'],
  parts: () => [
    {
      // Watt needs a newer Node than we support at least; its app is a thread of its one process.
      role: 'loop',
      command: [installed(`node-linux-${process.arch}/bin/node`), installed('wattpm/bin/cli.js'), 'start', here('peers/watt')],
      ready: /now listening at (http:[^"\s]+)/,
    },
  ],
}

const evenloop = (
  name: string,
  lane: 'http' | 'link',
  loops: number,
  more: (folder: string) => readonly string[] = () => [],
): Contestant => ({
  name,
  ours: true,
  parts: ({ folder }) => [
    {
      role: 'supervisor',
      command: [
        ...[node, here('../dist/cli/main.js'), 'start', here('peers/app.mjs')],
        ...['--lane', lane, '--loops', String(loops), '--balancers', '1'],
        ...['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--log-level', 'error'],
        ...more(folder),
      ],
      ready: /evenloop ready: (http:\/\/[^\s(]+).* admin (?<admin>http:[^\s)]+)/,
      children: [
        { role: 'balancer', match: /\/proxy\/main\.js/ },
        { role: 'loop', match: /\/loop-node\/main\.js/ },
      ],
    },
  ],
})

export const evenloopHttp = evenloop('evenloop http lane', 'http', 1)
export const evenloopLink = evenloop('evenloop link', 'link', 1)
export const evenloopLinkOf = (loops: number): Contestant => evenloop(`evenloop link, ${loops} loops`, 'link', loops)

/** The link lane, whose loops do not measure how long each route holds them. */
export const evenloopUnmeasured: Contestant = {
  ...evenloopLink,
  name: 'holds not measured',
  parts: (place) =>
    evenloopLink.parts(place).map((part) => ({ ...part, env: { NODE_OPTIONS: `--import=${here('peers/unmeasured.mjs')}` } })),
}

/** The link lane, with an access log in a file. */
export const evenloopLogging = (mode: 'off' | 'sampled' | 'all'): Contestant =>
  evenloop(`access log ${mode}`, 'link', 1, (folder) => ['--access-log-mode', mode, '--access-log-file', join(folder, 'access.log')])

/** Everyone with one loop or worker, in the order in which they are listed. */
export const contestants: readonly Contestant[] = [
  bareFastify,
  nodeCluster,
  pm2,
  nginx,
  haproxy,
  minimalHttpProxy,
  fastifyHttpProxy,
  watt,
  evenloopHttp,
  evenloopLink,
]
