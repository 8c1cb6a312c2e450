import type { Pace } from './options.ts'

/** To start a cluster, and to end it. */
const startSeconds = 3
const settleSeconds = 0.25

/** How long it takes about to find out what a model can take, in seconds: three bursts that look for enough connections, and one that counts. */
export const burstSeconds = ({ warmUpSeconds, burstSeconds }: Pace): number => startSeconds + warmUpSeconds + 2.5 * burstSeconds

/** And to offer it so many rates. */
export const stepsSeconds = ({ warmUpSeconds, stepSeconds }: Pace, rates: number): number =>
  startSeconds + warmUpSeconds + rates * (stepSeconds + settleSeconds)
