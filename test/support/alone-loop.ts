import { type Program, type ProgramOptions, startProgram } from './program.ts'
import { until } from './wait.ts'

interface AloneLoopOptions extends ProgramOptions {
  readonly app?: string
  readonly args?: readonly string[]
}

/** Starts `evenloop loop` with the demo app, or another, at this address. */
export const startAloneLoop = (address: string, { app = 'examples/demo/app.js', args = [], ...rest }: AloneLoopOptions = {}): Program =>
  startProgram(['loop', app, '--serve', address, '--id', 'a', ...args], rest)

/** The port of a loop that was told to take a free one. */
export const portOf = async (loop: Program): Promise<string> =>
  (await until('the address of the loop', () => /link\+tcp:\/\/[\d.]+:(\d+)/.exec(loop.stderr()) ?? undefined))[1]!

/** How many requests a balancer that runs alone has answered by each of its lanes. */
export async function requestsByLane(balancer: Program): Promise<Readonly<Record<string, number>>> {
  const [, admin] = /admin (http:[^)]+)/.exec(balancer.stdout())!
  const text = await (await fetch(`${admin}/metrics`)).text()
  const counts = [...text.matchAll(/^evenloop_proxy_requests_total\{.*lane="(\w+)".*\} (\d+)$/gm)]
  return Object.fromEntries(counts.map(([, lane, count]) => [lane!, Number(count)]))
}
