import type { Answer, Command } from './commands.ts'
import { Connection } from './connection.ts'
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

const asked = (connection: Connection): Promise<string | undefined> => new Promise((resolve) => connection.ask(request, resolve))

/** A hundred at a time: fewer than a listener's backlog holds. */
async function openUntil(wanted: number): Promise<string[]> {
  const failures: (string | undefined)[] = []
  while (connections.length < wanted) {
    const some = await Promise.all(Array.from({ length: Math.min(100, wanted - connections.length) }, open))
    connections.push(...some)
    failures.push(...(await Promise.all(some.map(asked))))
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

/** Due times are on a grid; a request that finds no idle connection opens one, as a new visitor would. */
function arrive(rate: number, seconds: number): Promise<{ latenciesMs: number[]; failures: string[] }> {
  const idle = [...connections]
  const latenciesMs: number[] = []
  const failures: string[] = []
  const total = Math.round(rate * seconds)
  const started = performance.now()
  let sent = 0
  return new Promise((resolve) => {
    const send = async (dueMs: number): Promise<void> => {
      try {
        const connection = idle.pop() ?? (await open())
        const failure = await asked(connection)
        if (failure !== undefined) throw new Error(failure)
        latenciesMs.push(performance.now() - dueMs)
        idle.push(connection)
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error))
      }
      if (latenciesMs.length + failures.length < total) return
      clearInterval(timer)
      resolve({ latenciesMs, failures })
    }
    const timer = setInterval(() => {
      for (; sent < total && started + (sent * 1000) / rate <= performance.now(); sent += 1) void send(started + (sent * 1000) / rate)
    }, 1)
  })
}

const defined = (failures: readonly (string | undefined)[]): string[] => failures.filter((failure) => failure !== undefined)

async function obey(command: Command): Promise<Answer> {
  const started = performance.now()
  const none = { requests: 0, latenciesMs: [], failures: [] }
  const result: Partial<Answer> =
    command.do === 'open'
      ? { failures: await openUntil(command.connections) }
      : command.do === 'load'
        ? await load(command.seconds)
        : await arrive(command.rate, command.seconds)
  const seconds = (performance.now() - started) / 1000
  return {
    ...none,
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
