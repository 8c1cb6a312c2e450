import { join } from 'node:path'

import type { Contestant } from './contestant.ts'
import { appOnPort, appOnSocket, clusterPart, evenloopPart, haproxyPart, here, nginxPart, readyLine } from './parts.ts'

const installed = (path: string): string => here(`peers/node_modules/${path}`)
const node = process.execPath
const socketOf = (folder: string): string => join(folder, 'app.sock')

export const bareFastify: Contestant = {
  name: 'bare Fastify',
  parts: () => [appOnPort(0)],
}

const nodeCluster: Contestant = {
  name: 'node:cluster',
  parts: () => [clusterPart(1)],
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
  parts: ({ folder, port }) => [appOnSocket(socketOf(folder)), nginxPart(folder, { port, sockets: [socketOf(folder)] })],
}

export const haproxy: Contestant = {
  name: 'HAProxy',
  needs: ['haproxy'],
  parts: ({ folder, port }) => [appOnSocket(socketOf(folder)), haproxyPart(folder, { port, sockets: [socketOf(folder)] })],
}

export const minimalHttpProxy: Contestant = {
  name: 'minimal http-proxy',
  parts: ({ folder }) => [
    appOnSocket(socketOf(folder)),
    { role: 'balancer', command: [node, here('peers/minimal-http-proxy.mjs'), socketOf(folder)], ready: readyLine },
  ],
}

const fastifyHttpProxy: Contestant = {
  name: '@fastify/http-proxy',
  needs: ['peers'],
  parts: ({ upstreamPort }) => [
    appOnPort(upstreamPort),
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
  flags: (folder: string) => readonly string[] = () => [],
): Contestant => ({
  name,
  ours: true,
  parts: ({ folder }) => [evenloopPart({ lane, loops, flags: flags(folder) })],
})

export const evenloopHttp = evenloop('evenloop http lane', 'http', 1)
export const evenloopLink = evenloop('evenloop link', 'link', 1)
export const evenloopLinkOf = (loops: number): Contestant => evenloop(`evenloop link, ${loops} loops`, 'link', loops)

/** The flags under which the balancer keeps no route apart and limits no loop. */
export const brainOff = ['--isolation-mode', 'off', '--concurrency', 'unlimited'] as const

/** The link lane whose balancer does no more than choose the loop that holds the fewest requests. */
export const evenloopBrainOffOf = (loops: number): Contestant => evenloop(`brain off, ${loops} loops`, 'link', loops, () => brainOff)

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
