import { startProgram, type Program, type ProgramOptions } from './program.ts'
import { until } from './wait.ts'

/** A balancer that runs alone. */
export interface StandaloneBalancer extends Program {
  readonly url: string
  readonly port: number
  readonly adminUrl: string
}

/** Starts `evenloop balancer` on a free port and waits until it is ready to serve. */
export async function startBalancer(
  options: ProgramOptions & { upstreams: readonly string[]; args?: readonly string[] },
): Promise<StandaloneBalancer> {
  const { upstreams, args = [], ...rest } = options
  const program = startProgram(
    ['balancer', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', ...upstreams.flatMap((each) => ['--upstream', each]), ...args],
    rest,
  )
  const ready = await program.said(/^evenloop balancer ready: (http:\/\/\S+?:(\d+)) \(admin (http:\S+)\)$/m)
  await until('an upstream that serves', async () => (await fetch(`${ready[3]}/readyz`)).ok)
  return Object.assign(program, { url: ready[1]!, port: Number(ready[2]), adminUrl: ready[3]! })
}
