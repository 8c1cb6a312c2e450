import { expect, test } from 'vitest'

import { readProgramReport } from './program-report.ts'
import { ProgramReports } from './program-reports.ts'

const nothing = { utilization: undefined, delayMs: undefined, inFlight: undefined, requests: undefined }

const withClock = () => {
  const clock = { at: 0, now: () => clock.at }
  const reports = new ProgramReports(clock)
  const say = (worker: ReturnType<ProgramReports['join']>, at: number, report: Partial<typeof nothing> | Record<string, number>): void => {
    clock.at = at
    reports.hear(worker, { ...nothing, ...report })
  }
  return { reports, say }
}

test('a worker that was held counts for as long as it was silent', () => {
  const { reports, say } = withClock()
  const worker = reports.join()
  say(worker, 100, { utilization: 0.1 })
  say(worker, 400, { utilization: 0.9 })
  expect(reports.takeWindow().utilization).toBeCloseTo((100 * 0.1 + 300 * 0.9) / 400)
  expect(reports.takeWindow().utilization).toBeUndefined()
})

test('the utilization of several workers is their mean, without those that do not tell it', () => {
  const { reports, say } = withClock()
  say(reports.join(), 100, { utilization: 0.2 })
  say(reports.join(), 200, { utilization: 0.6 })
  say(reports.join(), 300, { requests: 5 })
  expect(reports.takeWindow().utilization).toBeCloseTo(0.4)
})

test('requests never fall: not when a worker leaves, nor when one counts backwards', () => {
  const { reports, say } = withClock()
  const worker = reports.join()
  say(worker, 10, { requests: 10, inFlight: 4 })
  say(worker, 20, { requests: 3 })
  expect(reports).toMatchObject({ requests: 10, inFlight: 4 })
  reports.leave(worker)
  reports.leave(worker)
  expect(reports).toMatchObject({ requests: 10, inFlight: 0 })
})

test('a flood of delays is counted, and not kept', () => {
  const { reports, say } = withClock()
  const worker = reports.join()
  for (let at = 1; at <= 5_000; at++) say(worker, at, { delayMs: 1 })
  expect(reports.takeWindow().delaysMs.length).toBeLessThanOrEqual(1_000)
  const [delays] = reports.families('0')
  expect((delays!.series[0]!.value as readonly number[]).at(-2)).toBe(5_000)
})

test.each([[null], ['text'], [[]], [{}], [{ utilization: '1' }], [{ delayMs: -1 }], [{ inFlight: 0.5 }], [{ requests: 2 ** 60 }]])(
  'a report of %j says nothing',
  (value) => {
    expect(readProgramReport(value)).toBeUndefined()
  },
)

test('a report is read as far as it makes sense', () => {
  expect(readProgramReport({ utilization: 1.3, delayMs: 1e12, inFlight: -2, requests: 7, more: true })).toEqual({
    utilization: 1,
    delayMs: 3_600_000,
    inFlight: undefined,
    requests: 7,
  })
})
