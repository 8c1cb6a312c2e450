import { type Threshold, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard'

/** Okabe and Ito's palette, whose colours differ for colour-blind people too, in shades that carry on dark and on light. */
export const colours = {
  blue: '#3d9cd6',
  orange: '#e69f00',
  green: '#009e73',
  red: '#d55e00',
  purple: '#cc79a7',
  grey: '#8e8e8e',
} as const

/** Blue, orange, red: never red against green. Each step is where a state begins. */
export function thresholds(warn: number, bad: number): ThresholdsConfigBuilder {
  return steps([
    { value: null, color: colours.blue },
    { value: warn, color: colours.orange },
    { value: bad, color: colours.red },
  ])
}

/** For numbers of which any but none is good. */
export const atLeastOne = (): ThresholdsConfigBuilder =>
  steps([
    { value: null, color: colours.red },
    { value: 1, color: colours.blue },
  ])

/** For numbers that are neither good nor bad. */
export const neutral = (): ThresholdsConfigBuilder => steps([{ value: null, color: colours.blue }])

const steps = (list: Threshold[]): ThresholdsConfigBuilder => new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(list)
