/** What requests ask of event loops, per request and in milliseconds. */
export interface LoopWork {
  /** How long each holds its loop in all. */
  readonly busyMs: number
  /** The mean of the squares of the single turns, and how many turns there are in a request. */
  readonly turnSquareMs: number
  readonly turns: number
  /** How long it waits without holding anything. */
  readonly waitMs: number
}

/** The share of its time in which each loop is busy; above 1 they do not suffice. @param rate requests per millisecond */
export const loopUtilization = (rate: number, loops: number, busyMs: number): number => (rate * busyMs) / loops

/**
 * The mean response where all requests share what serves them in equal parts, M/G/1-PS: it depends on the mean of the work alone.
 * It is the limit of an event loop whose turns are short. Infinity where that is not enough.
 */
export const sharedResponseMs = ({ busyMs, waitMs }: Pick<LoopWork, 'busyMs' | 'waitMs'>, utilization: number): number =>
  utilization >= 1 ? Number.POSITIVE_INFINITY : busyMs / (1 - utilization) + waitMs

/**
 * What a turn waits for the turns before it, M/G/1 first come, first served (Pollaczek and Khinchine): the delay that a route which
 * holds its loop brings upon all others. @param rate requests per millisecond for one loop
 */
export function turnWaitMs(rate: number, { busyMs, turnSquareMs, turns }: LoopWork): number {
  const utilization = rate * busyMs
  return utilization >= 1 ? Number.POSITIVE_INFINITY : (rate * turns * turnSquareMs) / (2 * (1 - utilization))
}

/** The mean response of an event loop that runs turn after turn. @param rate requests per millisecond for one loop */
export const loopResponseMs = (rate: number, work: LoopWork): number => work.waitMs + work.busyMs + work.turns * turnWaitMs(rate, work)
