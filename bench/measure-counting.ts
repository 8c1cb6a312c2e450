import type { Outcome } from './outcome.ts'
import { progress } from './progress.ts'

export interface CountingRow {
  readonly line: string
  /** Of one time that it is done, a median over rounds. */
  readonly nanoseconds: number
  /** How often that is a second. */
  readonly perSecond: number
}

export interface CountingResult extends Outcome {
  readonly kind: 'counting'
  readonly title: string
  readonly rows: readonly CountingRow[]
}

const rate = 10_000
const [rounds, calls] = [9, 1_000_000]

/** What is asked of the compiled product; the benchmark imports none of its sources. */
interface Compiled {
  readonly ProxyMetrics: new (id: string, live: object) => { arrived(): void; answered(...what: unknown[]): void; read(): unknown }
  readonly createLoopMetrics: (options: object) => { observeDelay(seconds: number): void; read(): Promise<unknown> }
}

const load = async (file: string): Promise<Compiled> => (await import(new URL(`../dist/${file}`, import.meta.url).href)) as Compiled

/** What it takes of one CPU to count, at a rate of requests: the very code that balancers and loops run, by itself. */
export async function measureCounting(): Promise<CountingResult> {
  const title = `CPU time for counting, at ${rate.toLocaleString('en')} requests a second`
  progress(title)
  const { ProxyMetrics } = await load('proxy/metrics.js')
  const { createLoopMetrics } = await load('loop-node/measure/metrics.js')
  const none = (): number => 0
  const balancer = new ProxyMetrics('0', { connections: none, queued: none, cpuSeconds: none, rssBytes: none, endpoints: () => endpoints })
  const endpoints = Array.from({ length: 8 }, (_, id) => ({ loop: String(id), inFlight: 0, tunnels: 0 }))
  const loop = createLoopMetrics({ loop: '0', foreign: false, up: false, readings: () => ({ utilization: 0, rssBytes: 0, cpuSeconds: 0 }) })

  const request = (i: number): void => {
    balancer.arrived()
    balancer.answered(endpoints[i % endpoints.length], i % 50 === 0 ? 404 : 200, (i % 1000) / 10, 'link')
  }
  const rows: CountingRow[] = [
    { line: 'a request, in the balancer', nanoseconds: median(() => repeat(request, calls)), perSecond: rate },
    {
      line: 'a sample of the delay, in a loop',
      nanoseconds: median(() => repeat((i) => loop.observeDelay(i / 1e7), calls / 10)),
      perSecond: 50,
    },
    { line: 'a reading of all, in the balancer', nanoseconds: median(() => repeat(() => void balancer.read(), 1_000)), perSecond: 0.2 },
    { line: 'a reading of all, in a loop', nanoseconds: await medianOf(() => repeatAsync(() => loop.read(), 1_000)), perSecond: 0.2 },
  ]
  return { kind: 'counting', title, rows, gaps: [] }
}

function repeat(act: (i: number) => void, times: number): number {
  const began = process.hrtime.bigint()
  for (let i = 0; i < times; i++) act(i)
  return Number(process.hrtime.bigint() - began) / times
}

async function repeatAsync(act: () => Promise<unknown>, times: number): Promise<number> {
  const began = process.hrtime.bigint()
  for (let i = 0; i < times; i++) await act()
  return Number(process.hrtime.bigint() - began) / times
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const median = (measure: () => number): number => middle(Array.from({ length: rounds }, measure))

async function medianOf(measure: () => Promise<number>): Promise<number> {
  const values: number[] = []
  for (let round = 0; round < rounds; round++) values.push(await measure())
  return middle(values)
}
