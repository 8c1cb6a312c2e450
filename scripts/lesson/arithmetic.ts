import { erlangC, meanWaitMs, offeredLoad, waitQuantileMs } from '../../lab/advise/erlang.ts'
import { peakWorkers, throughputOf } from '../../lab/advise/usl.ts'
import { figure, table } from './markdown.ts'
import { words, type Language } from './words.ts'

/** The worked examples of the lesson: nothing here is measured, so they come out the same everywhere. */

/** Little's law, for a core: what must be in flight so that it is never idle. */
export function coreTable(language: Language): string {
  const { columns } = words[language]
  const requests = [
    { waits: 50, computes: 0.5 },
    { waits: 50, computes: 2 },
    { waits: 10, computes: 5 },
    { waits: 0, computes: 20 },
  ]
  return table(
    [columns.waits, columns.computes, columns.waiting, columns.perCore],
    requests.map(({ waits, computes }) => [
      figure(waits, 0, language),
      figure(computes, 1, language),
      figure((100 * waits) / (waits + computes), 0, language),
      figure(1 + waits / computes, 0, language),
    ]),
    0,
  )
}

/** Erlang's formula for 200 requests a second of 50 ms each, with one queue and with a queue for each worker. */
export function waitingTable(language: Language): string {
  const { columns } = words[language]
  const station = { rate: 0.2, serviceMs: 50, serviceScv: 1, arrivalScv: 1 }
  return table(
    [columns.workers, columns.busy, columns.mustWait, columns.meanWait, columns.waitP99, columns.ownQueues],
    [11, 12, 14, 16, 20].map((workers) => [
      String(workers),
      figure((100 * offeredLoad(station)) / workers, 0, language),
      figure(100 * erlangC(workers, offeredLoad(station)), 1, language),
      figure(meanWaitMs({ ...station, workers }), 2, language),
      figure(waitQuantileMs({ ...station, workers }, 0.99), 0, language),
      figure(meanWaitMs({ ...station, rate: station.rate / workers, workers: 1 }), 0, language),
    ]),
    0,
  )
}

/** The universal scalability law with 5 % of contention and 0.1 % of coherency. */
export function scalingTable(language: Language): string {
  const { columns } = words[language]
  const scaling = { one: 1, contention: 0.05, coherency: 0.001 }
  return table(
    [columns.workers, columns.throughput, columns.perWorker],
    [1, 2, 4, 8, 16, Math.round(peakWorkers(scaling)), 64].map((workers) => {
      const throughput = throughputOf(scaling, workers)
      return [String(workers), figure(throughput, 1, language), figure((100 * throughput) / workers, 0, language)]
    }),
    0,
  )
}
