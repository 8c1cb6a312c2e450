/** Where values lie along an axis. */
export interface Scale {
  /** Values that are labelled, the lowest first. */
  readonly ticks: readonly number[]
  /** From 0 at the axis' beginning to 1 at its end. */
  readonly at: (value: number) => number
}

/** The scale that holds all of the values, with ticks at round numbers. Values that no axis can show have been taken out. */
export const scaleOf = (values: readonly number[], log = false): Scale => (log ? logarithmic(values) : linear(values))

// Less cannot be told from zero on a chart, and has no round numbers between.
const nextToNothing = 1e-12

/** An axis that begins elsewhere than at zero makes small differences look large. */
function linear(values: readonly number[]): Scale {
  const low = values.reduce((low, value) => Math.min(low, value), 0)
  const highest = values.reduce((high, value) => Math.max(high, value), 0)
  const high = highest - low < nextToNothing ? low + 1 : highest
  const step = roundStep((high - low) / 5)
  const ticks = multiples(step, Math.floor(low / step), Math.ceil(high / step - 1e-9))
  const from = ticks[0]!
  const span = ticks.at(-1)! - from
  return { ticks, at: (value) => (value - from) / span }
}

/** The round number (1, 2 or 5 with zeros) that is not less. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  return ([1, 2, 5].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10) * power
}

/** Zero, and next to nothing, is drawn at the axis' beginning: it has no place of its own. */
function logarithmic(values: readonly number[]): Scale {
  const shown = values.filter((value) => value > nextToNothing)
  const lowest = shown.reduce((low, value) => Math.min(low, value), Infinity)
  const steps = aroundSteps(Number.isFinite(lowest) ? lowest : 1, Math.max(0, ...shown) || 1)
  const [low, high] = [steps[0]!, steps.at(-1)!]
  const span = Math.log10(high / low)
  return {
    ticks: steps.length < 4 ? between(low, high) : span < 2.5 ? steps : decades(steps, span),
    at: (value) => (value <= low ? 0 : Math.log10(value / low) / span),
  }
}

/** 1, 2, 5, 10, 20 …: from the one that is not more than the lowest to the one that is not less than the highest, two at least. */
function aroundSteps(lowest: number, highest: number): number[] {
  const steps: number[] = []
  for (let power = Math.floor(Math.log10(lowest)); ; power++) {
    for (const factor of [1, 2, 5]) {
      const step = Number(`${factor}e${power}`)
      const next = Number(factor === 5 ? `1e${power + 1}` : `${factor === 1 ? 2 : 5}e${power}`)
      if (next <= lowest) continue
      steps.push(step)
      if (step >= highest && steps.length > 1) return steps
    }
  }
}

function between(low: number, high: number): number[] {
  const step = roundStep((high - low) / 5)
  return multiples(step, Math.round(low / step), Math.round(high / step))
}

/** Multiplied, not added up: 0.1 + 0.2 is no label. */
const multiples = (step: number, first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)))

function decades(steps: readonly number[], span: number): number[] {
  const every = Math.ceil(span / 8)
  return steps.filter((step) => String(step.toExponential()).startsWith('1e')).filter((_, at) => at % every === 0)
}
