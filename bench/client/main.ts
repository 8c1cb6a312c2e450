import { arrivals, dueMs } from './arrivals.ts'
import type { Answer, Arrival, Command } from './commands.ts'
import { Connection } from './connection.ts'
import { draw } from './draw.ts'
import { requestText } from './request-text.ts'

// A process of its own, so that its CPU time is nobody's: node main.ts URL, and commands by IPC.
const url = new URL(process.argv[2]!)
const request = requestText(url)
const connections: Connection[] = []

const open = async (): Promise<Connection> => {
  const connection = new Connection(Number(url.port), url.hostname)
  await connection.opened
  return connection
}

const asked = (connection: Connection, text: string): Promise<string | undefined> => new Promise((resolve) => connection.ask(text, resolve))

/** A hundred at a time: fewer than a listener's backlog holds. */
async function openUntil(wanted: number): Promise<string[]> {
  const failures: (string | undefined)[] = []
  while (connections.length < wanted) {
    const some = await Promise.all(Array.from({ length: Math.min(100, wanted - connections.length) }, open))
    connections.push(...some)
    failures.push(...(await Promise.all(some.map((connection) => asked(connection, request)))))
  }
  return defined(failures)
}

async function load(seconds: number): Promise<{ requests: number; failures: string[] }> {
  const until = performance.now() + seconds * 1000
  let requests = 0
  const failures = await Promise.all(
    connections.map(
      (connection) =>
        new Promise<string | undefined>((resolve) => {
          const next = (failure: string | undefined): void => {
            if (failure !== undefined) return resolve(failure)
            requests += 1
            if (performance.now() >= until) return resolve(undefined)
            connection.ask(request, next)
          }
          connection.ask(request, next)
        }),
    ),
  )
  return { requests, failures: defined(failures) }
}

/** Asks on a connection that is idle; where none is, it opens one, as a new visitor would. */
function visiting(): (text: string) => Promise<string | undefined> {
  const idle = [...connections]
  return async (text) => {
    const connection = idle.pop() ?? (await open())
    const failure = await asked(connection, text)
    if (failure === undefined) idle.push(connection)
    return failure
  }
}

async function arrive(rate: number, seconds: number): Promise<{ latenciesMs: number[]; failures: string[] }> {
  const ask = visiting()
  const { answered, failures } = await arrivals(rate, seconds, () => ask(request))
  return { latenciesMs: answered.map(({ latencyMs }) => latencyMs), failures }
}

interface Mixed {
  readonly requests: number
  readonly arrivals: Arrival[]
  readonly failures: string[]
}

async function mix({ rate, seconds, other, seed }: Command & { readonly do: 'mix' }): Promise<Mixed> {
  const ask = visiting()
  const others = draw(Math.round(rate * seconds), other.share, seed)
  const texts = [request, requestText(new URL(other.path, url))] as const
  const { answered, failures } = await arrivals(rate, seconds, (index) => ask(texts[others[index] === true ? 1 : 0]))
  const noted = answered.map(({ index, latencyMs }) => ({ other: others[index]!, dueMs: dueMs(index, rate), latencyMs }))
  return { requests: noted.length, arrivals: noted, failures }
}

const defined = (failures: readonly (string | undefined)[]): string[] => failures.filter((failure) => failure !== undefined)

function act(command: Command): Promise<Partial<Answer>> {
  switch (command.do) {
    case 'open':
      return openUntil(command.connections).then((failures) => ({ failures }))
    case 'load':
      return load(command.seconds)
    case 'arrive':
      return arrive(command.rate, command.seconds)
    case 'mix':
      return mix(command)
  }
}

async function obey(command: Command): Promise<Answer> {
  const started = performance.now()
  const result = await act(command)
  const seconds = (performance.now() - started) / 1000
  return {
    latenciesMs: [],
    arrivals: [],
    failures: [],
    seconds,
    requests: result.latenciesMs?.length ?? 0,
    ...result,
    connections: connections.filter((each) => each.isOpen).length,
  }
}

process.on('message', (command: Command) => {
  obey(command).then(
    (answer) => process.send!(answer),
    (error: unknown) => process.send!({ failures: [error instanceof Error ? error.message : String(error)] }),
  )
})
process.once('disconnect', () => process.exit())
