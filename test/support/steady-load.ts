import http from 'node:http'

/** What clients that ask one request after another have seen. */
export interface SteadyLoad {
  /** Complete answers, by status code. */
  readonly answers: ReadonlyMap<number, number>
  /** Requests that got none. */
  readonly failures: readonly string[]
  /** Lets every client finish its request. */
  finish(): Promise<void>
}

/** Asks for these paths in turn over this many keep-alive connections, until it is finished. */
export function steadyLoad(url: string, paths: readonly string[], clients = 8): SteadyLoad {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients })
  const answers = new Map<number, number>()
  const failures: string[] = []
  const stop = new AbortController()
  let count = 0
  const ask = (path: string): Promise<void> =>
    new Promise((resolve) => {
      const failed = (error: Error): void => {
        failures.push(`${path}: ${error.message}`)
        resolve()
      }
      const request = http.get(`${url}${path}`, { agent }, (response) => {
        response.resume().on('error', failed)
        response.on('end', () => {
          const status = response.statusCode!
          answers.set(status, (answers.get(status) ?? 0) + 1)
          resolve()
        })
      })
      request.on('error', failed)
    })
  const client = async (): Promise<void> => {
    while (!stop.signal.aborted) await ask(paths[count++ % paths.length]!)
  }
  const done = Promise.all(Array.from({ length: clients }, client))
  return {
    answers,
    failures,
    finish: async () => {
      stop.abort()
      await done
      agent.destroy()
    },
  }
}
