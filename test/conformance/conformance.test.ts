import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { clientFor, type Case } from './case.ts'
import { suites } from './suites.ts'
import { differenceOf, differences } from './differences.ts'
import { makeFiles } from './files.ts'
import { lanesOf, startBare, startBehind, type LaneName, type Target } from './targets.ts'
import { comparable, statusesIn, type Mask } from './transcript.ts'

const files = makeFiles()
// Error pages and caches of several frameworks depend on it.
const env = { NODE_ENV: 'production', CONFORMANCE_FILES: files.directory }
afterAll(files.remove)

interface Seen {
  readonly statuses: readonly number[]
  readonly transcript: readonly unknown[]
}

async function play({ run }: Case, target: Target, masks: readonly Mask[]): Promise<Seen> {
  const client = clientFor(target.port)
  try {
    const transcript = await run(client)
    return { statuses: statusesIn(transcript), transcript: comparable(transcript, masks) }
  } finally {
    client.close()
  }
}

for (const { app, masks = [], cases, runs = true } of suites) {
  const lanes = lanesOf(app)
  describe.skipIf(!runs)(app.name, () => {
    const targets = new Map<string, Target>()
    const bare = new Map<string, Promise<Seen>>()

    beforeAll(async () => {
      const started = await Promise.allSettled([startBare(app, env), ...lanes.map((lane) => startBehind(app, lane, env))])
      for (const each of started) if (each.status === 'fulfilled') targets.set(each.value.name, each.value)
      for (const each of started) if (each.status === 'rejected') throw each.reason
    })
    afterAll(() => Promise.all([...targets.values()].map((target) => target.stop())))

    /** What the bare app does, asked once. */
    const expected = (one: Case): Promise<Seen> => {
      let seen = bare.get(one.name)
      if (seen === undefined) bare.set(one.name, (seen = play(one, targets.get('bare')!, masks)))
      return seen
    }

    const both = async (one: Case, lane: LaneName): Promise<{ wanted: Seen; got: Seen }> => {
      const [wanted, got] = await Promise.all([expected(one), play(one, targets.get(lane)!, masks)])
      expect(wanted.statuses, 'the bare app answers as the case says').toEqual(one.statuses)
      return { wanted, got }
    }

    for (const lane of lanes) {
      for (const one of cases) {
        const difference = differenceOf(lane, app.name, one.name)
        if (difference === undefined) {
          test(`${app.name}: ${one.name} answers the same on ${lane}`, async () => {
            const { wanted, got } = await both(one, lane)
            expect(got.transcript).toEqual(wanted.transcript)
          })
        } else {
          test(`${app.name}: ${one.name} answers otherwise on ${lane}: ${difference.why}`, async () => {
            const { wanted, got } = await both(one, lane)
            expect(got.transcript).toEqual(wanted.transcript.map(difference.instead))
          })
        }
      }
      test(`${app.name}: its requests took the ${lane} lane`, async () => {
        expect(await targets.get(lane)!.lanesTaken()).toContain(lane)
      })
    }
  })
}

test('every difference on the list is of a case that exists', () => {
  const known = new Set(suites.flatMap(({ app, cases }) => cases.map(({ name }) => `${app.name}: ${name}`)))
  expect(differences.flatMap(({ app, cases }) => cases.map((name) => `${app}: ${name}`)).filter((each) => !known.has(each))).toEqual([])
})
