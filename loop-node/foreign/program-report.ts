/** What a process of a program says of itself; what it left out, or what made no sense, is undefined. */
export interface ProgramReport {
  /** Share of the time since it spoke last in which it was busy, 0 to 1. */
  readonly utilization: number | undefined
  /** How late its event loop ran something, in milliseconds. */
  readonly delayMs: number | undefined
  /** Requests it holds. */
  readonly inFlight: number | undefined
  /** Requests since it began. */
  readonly requests: number | undefined
}

const maxDelayMs = 3_600_000

/** Reads what came over the socket; undefined where it says nothing. */
export function readProgramReport(value: unknown): ProgramReport | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { utilization, delayMs, inFlight, requests } = value as Record<string, unknown>
  const report = {
    utilization: isAmount(utilization) ? Math.min(1, utilization) : undefined,
    delayMs: isAmount(delayMs) ? Math.min(maxDelayMs, delayMs) : undefined,
    inFlight: isCount(inFlight) ? inFlight : undefined,
    requests: isCount(requests) ? requests : undefined,
  }
  return Object.values(report).every((each) => each === undefined) ? undefined : report
}

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0

// Sums of them must stay whole numbers.
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
