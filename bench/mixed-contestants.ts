import { join } from 'node:path'

import type { Contestant, Part } from './contestant.ts'
import { brainOff } from './contestants.ts'
import { appOnSocket, clusterPart, evenloopPart, haproxyPart, nginxPart, type AppChoice } from './parts.ts'
import type { ProxyPlace } from './proxy-configs.ts'

/** How many loops or workers each contestant has, and for how long `/block` holds one of them. */
export interface MixedForm {
  readonly loops: number
  readonly blockMs: number
}

type Name = 'nodeCluster' | 'nginx' | 'haproxy' | 'haproxyRandom' | 'http' | 'isolationOff' | 'brainOff' | 'link'

/** Everyone with several loops, all serving the mixed app. */
export function mixedContestants({ loops, blockMs }: MixedForm): Readonly<Record<Name, Contestant>> {
  const choice: AppChoice = { app: 'mixed-app.mjs', env: { BLOCK_MS: String(blockMs) } }
  const behind = (
    need: 'nginx' | 'haproxy',
    name: string,
    front: (folder: string, place: ProxyPlace) => Part,
    balance: string,
  ): Contestant => ({
    name,
    needs: [need],
    parts: ({ folder, port }) => {
      const sockets = Array.from({ length: loops }, (_, index) => join(folder, `${index}.sock`))
      return [...sockets.map((socket) => appOnSocket(socket, choice)), front(folder, { port, sockets, balance })]
    },
  })
  const evenloop = (name: string, lane: 'http' | 'link', flags: readonly string[] = []): Contestant => ({
    name,
    ours: true,
    parts: () => [evenloopPart({ ...choice, lane, loops, flags })],
  })
  return {
    nodeCluster: { name: 'node:cluster', parts: () => [clusterPart(loops, choice)] },
    nginx: behind('nginx', 'nginx least_conn', nginxPart, 'least_conn'),
    haproxy: behind('haproxy', 'HAProxy leastconn', haproxyPart, 'leastconn'),
    haproxyRandom: behind('haproxy', 'HAProxy random(2)', haproxyPart, 'random(2)'),
    http: evenloop('evenloop http lane', 'http'),
    isolationOff: evenloop('evenloop link, isolation off', 'link', ['--isolation-mode', 'off']),
    brainOff: evenloop('evenloop link, brain off', 'link', brainOff),
    link: evenloop('evenloop link', 'link'),
  }
}
