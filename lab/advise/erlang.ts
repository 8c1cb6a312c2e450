/**
 * Requests that wait for one of several equal workers, first come, first served: M/M/c (Erlang), and with the correction of Allen and
 * Cunneen for arrivals and services that vary less or more than by chance.
 */
export interface Station {
  readonly workers: number
  /** Requests per millisecond. */
  readonly rate: number
  /** How long a worker has one request, on average. */
  readonly serviceMs: number
  /** Squared coefficient of variation of the service: 0 where each takes the same time, 1 where it is exponential. */
  readonly serviceScv: number
  /** The same of the gaps between arrivals: 1 for arrivals by chance, 0 for even ones. */
  readonly arrivalScv: number
}

/** Workers that are busy on average, were there enough of them. */
export const offeredLoad = ({ rate, serviceMs }: Pick<Station, 'rate' | 'serviceMs'>): number => rate * serviceMs

/** The share of arrivals that find every worker busy, where those would not wait (Erlang B). */
export function erlangB(workers: number, load: number): number {
  let blocked = 1
  for (let count = 1; count <= workers; count++) blocked = (load * blocked) / (count + load * blocked)
  return blocked
}

/** The share of arrivals that must wait (Erlang C); 1 where the workers do not suffice. */
export function erlangC(workers: number, load: number): number {
  if (load >= workers) return 1
  const blocked = erlangB(workers, load)
  return blocked / (1 - (load / workers) * (1 - blocked))
}

/** The mean wait of all requests, those that need not wait included; Infinity where the workers do not suffice. */
export function meanWaitMs(station: Station): number {
  const { workers, serviceMs, serviceScv, arrivalScv } = station
  const load = offeredLoad(station)
  if (load >= workers) return Number.POSITIVE_INFINITY
  return ((erlangC(workers, load) * serviceMs) / (workers - load)) * ((arrivalScv + serviceScv) / 2)
}

/** The share of requests that wait for longer than this. Exact for M/M/c; else the tail is taken to be exponential too. */
export function waitsLonger(station: Station, ms: number): number {
  const mean = meanWaitMs(station)
  if (mean === Number.POSITIVE_INFINITY) return 1
  const waits = erlangC(station.workers, offeredLoad(station))
  if (mean === 0) return 0
  return waits * Math.exp((-waits * ms) / mean)
}

/** The wait that the share of requests does not exceed. @param share 0 to 1 */
export function waitQuantileMs(station: Station, share: number): number {
  const mean = meanWaitMs(station)
  if (mean === Number.POSITIVE_INFINITY) return mean
  const waits = erlangC(station.workers, offeredLoad(station))
  return waits <= 1 - share ? 0 : (mean / waits) * Math.log(waits / (1 - share))
}

/**
 * The fewest workers where no more than this share of requests waits for longer than that.
 * @param atMost where to stop looking
 */
export function workersFor(
  station: Omit<Station, 'workers'>,
  { waitMs, share }: { waitMs: number; share: number },
  atMost: number,
): number {
  for (let workers = Math.max(1, Math.floor(offeredLoad(station))); workers < atMost; workers++) {
    if (waitsLonger({ ...station, workers }, waitMs) <= share) return workers
  }
  return atMost
}
