/** A line that has no numbers, and why. */
export interface Gap {
  readonly line: string
  readonly reason: string
  /** True where evenloop itself failed. */
  readonly ours: boolean
}

/** What every measurement says of what it could not measure. */
export interface Outcome {
  readonly gaps: readonly Gap[]
}

export const describeGap = ({ line, reason }: Gap): string => `${line}: not run: ${reason}`
