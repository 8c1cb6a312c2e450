import { expect, test } from 'vitest'

import type { Client } from '../../load/client/client.ts'
import type { Burst } from '../../load/client/commands.ts'

import { capacityOf, measureCapacity } from './capacity.ts'

const routes = [
  { method: 'GET', path: '/a', weight: 9 },
  { method: 'GET', path: '/b', weight: 1 },
]
const burst = (...routes: readonly (readonly [asked: number, good: number])[]): Burst => ({
  seconds: 2,
  routes: routes.map(([asked, good]) => ({ asked, good, refused: 0, failed: 0 })),
})

test('of a mix that is answered evenly all answers count', () => {
  expect(capacityOf(burst([900, 900], [90, 90]))).toBe(495)
  // Those that are under way at the end, on as many connections, are nobody's fault.
  expect(capacityOf(burst([120, 60]))).toBe(30)
})

test('a route that is behind bounds the rate at which the mix can be kept up', () => {
  // 10 a second of a tenth: 100 a second of all, however many of the others were answered.
  expect(capacityOf(burst([5_400, 5_400], [600, 20]))).toBe(100)
})

test('a route that is hardly asked for says nothing', () => {
  expect(capacityOf(burst([500, 500], [5, 2]))).toBe(251)
})

test('connections are added as long as they help', async () => {
  const tried: number[] = []
  // Half a second for a request, and no more than 300 a second.
  const client = {
    burst: ({ connections, seconds }: { connections: number; seconds: number }) => {
      tried.push(connections)
      return Promise.resolve({
        seconds,
        routes: [{ asked: 300 * seconds, good: Math.min(connections / 0.5, 300) * seconds, refused: 0, failed: 0 }],
      })
    },
  } as unknown as Client
  expect(await measureCapacity(client, { routes: routes.slice(0, 1), seconds: 4, seed: 1 })).toBe(300)
  // 1024 would bring nothing that 256 do not.
  expect(tried).toEqual([16, 64, 256, 1_024, 256])
})
