export interface Answered {
  /** Of the request, by when it was due. */
  readonly index: number
  readonly latencyMs: number
}

/** When a request is due, in milliseconds from the first: on a grid. */
export const dueMs = (index: number, rate: number): number => (index * 1000) / rate

/** Asks at a constant rate for some seconds, whatever becomes of the requests before, and resolves when all are answered. */
export function arrivals(
  rate: number,
  seconds: number,
  ask: (index: number) => Promise<string | undefined>,
): Promise<{ answered: Answered[]; failures: string[] }> {
  const answered: Answered[] = []
  const failures: string[] = []
  const total = Math.round(rate * seconds)
  const started = performance.now()
  let sent = 0
  return new Promise((resolve) => {
    const send = async (index: number): Promise<void> => {
      try {
        const failure = await ask(index)
        if (failure !== undefined) throw new Error(failure)
        answered.push({ index, latencyMs: performance.now() - started - dueMs(index, rate) })
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error))
      }
      if (answered.length + failures.length < total) return
      clearInterval(timer)
      resolve({ answered, failures })
    }
    const timer = setInterval(() => {
      for (; sent < total && started + dueMs(sent, rate) <= performance.now(); sent += 1) void send(sent)
    }, 1)
  })
}
