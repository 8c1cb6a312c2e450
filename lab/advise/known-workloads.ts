import { createServer } from 'node:net'

import type { Workload } from '../compare/comparison.ts'

/** A workload of which it is known what helps. Its routes are those of test/fixtures/known-app.js. */
export interface KnownWorkload {
  readonly workload: Workload
  readonly answer: string
}

const get = (path: string, weight = 1): Workload['routes'][number] => ({ method: 'GET', path, weight })

export const knownWorkloads: readonly KnownWorkload[] = [
  {
    workload: { name: 'waiting', routes: [get('/io?ms=50')] },
    answer: 'event loops, no more than the CPUs that carrying the requests takes: waiting takes none',
  },
  {
    workload: { name: 'computing', routes: [get('/cpu?ms=5')] },
    answer: 'as many workers as there are CPUs',
  },
  {
    workload: { name: 'blocking', routes: [get('/io?ms=5', 9), get('/block?ms=50')] },
    answer: 'event loops, and workers of their own for the tenth that blocks',
  },
  {
    workload: { name: 'mixed', routes: [get('/', 5), get('/io?ms=20', 4), get('/cpu?ms=5')] },
    answer: 'an event loop per CPU',
  },
  {
    workload: { name: 'locked', routes: [get('/lock?ms=5')] },
    answer: 'one event loop: more workers only wait for the same lock',
  },
]

/** What /lock waits for: serves one after the other, over all connections, each for as many milliseconds as it asks. */
export function serveLock(path: string, later: (ms: number, action: () => void) => void): Promise<() => void> {
  const asked: { readonly ms: number; readonly answer: () => void }[] = []
  let isServing = false
  const next = (): void => {
    const one = asked.shift()
    isServing = one !== undefined
    if (one === undefined) return
    later(one.ms, () => {
      one.answer()
      next()
    })
  }
  const server = createServer((socket) => {
    let text = ''
    socket.on('error', () => undefined)
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n')
      text = lines.pop()!
      for (const line of lines) asked.push({ ms: Number(line), answer: () => socket.write('.') })
      if (!isServing) next()
    })
  })
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    server.listen(path, () => resolve(() => void server.close()))
  })
}
