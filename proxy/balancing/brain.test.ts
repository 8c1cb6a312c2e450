import { Value } from 'typebox/value'
import { expect, test } from 'vitest'

import { Settings } from '../../config/schema.ts'
import { identity, ManualClock } from '../../test/support/endpoints.ts'
import { LoopCounts } from '../../test/support/route-reports.ts'
import { UpstreamLink } from '../link-lane/upstream-link.ts'
import { Brain } from './brain.ts'

const sink = { destroyed: false, writableLength: 0, write: () => true, cork: () => {}, uncork: () => {} }

/** Two loops with links, whose reports and timers the test makes happen. */
function cluster() {
  const clock = new ManualClock()
  const alarms: { readonly at: number; readonly action: () => void }[] = []
  const brain = new Brain({
    place: 0,
    settings: Value.Create(Settings),
    clock,
    rng: () => 0.5,
    gauge: { queued: () => {}, answered: () => {}, shed: () => {}, placedBlocking: () => {} },
    onReleased: () => {},
    later: (ms, action) => alarms.push({ at: clock.time + ms, action }),
  })
  const address = { lane: 'link', kind: 'unix', path: '/run/loop.sock' } as const
  brain.endpoints.apply([identity('0', { address }), identity('1', { address })])
  const quiet = { onState: () => {}, onBeat: () => {}, onRoutes: () => {}, onBusy: () => {} }
  for (const endpoint of brain.endpoints.all) endpoint.link = new UpstreamLink(sink, { clock, ...quiet })
  brain.endpoints.refresh()
  const pass = (ms: number): void => {
    const end = clock.time + ms
    for (let next = alarms.shift(); next !== undefined; next = alarms.shift()) {
      if (next.at > end) {
        alarms.unshift(next)
        break
      }
      clock.time = next.at
      next.action()
    }
    clock.time = end
  }
  const isolated = (): string[] => brain.endpoints.all.filter((endpoint) => endpoint.isolated).map(({ loop }) => loop)
  return { brain, pass, isolated, waiting: alarms }
}

test('a loop is kept for routes that block, and given back though nobody reports anything any more', () => {
  const { brain, pass, isolated, waiting } = cluster()
  const [first] = brain.endpoints.all
  const loop = new LoopCounts()
  const report = (): void => {
    brain.noteRoutes(first!, loop.report)
    pass(1_000)
  }
  report()
  loop.held('GET /report', 50, 10)
  loop.held('GET /', 1, 100)
  report()
  expect(isolated()).toEqual(['1'])
  // Somebody has repaired the route, and the last request follows soon.
  loop.held('GET /report', 1, 200)
  report()
  expect(isolated()).toEqual(['1'])
  pass(30_000)
  expect(isolated()).toEqual([])
  expect(waiting).toEqual([])
})
