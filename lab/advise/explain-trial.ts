import type { Tried } from './finalists.ts'
import { timeText } from '../figures.ts'

/** What came of running it, in sentences. @param first the one that was predicted to be best */
export function explainTrial(tried: readonly Tried[], best: Tried, first: string): string[] {
  const { option, measured } = best
  const took = measured.saturated
    ? 'It did not keep up'
    : `99 of 100 responses took no longer than ${timeText(measured.p99Ms)}, where ${timeText(option.predicted.p99Ms)} was predicted`
  const expected = tried.find((one) => one.option.title === first)
  if (expected === undefined || expected === best) return [`It was run at this rate. ${took}.`]
  const instead = expected.measured.saturated
    ? 'did not keep up when it was run'
    : `took ${timeText(expected.measured.p99Ms)} when it was run`
  return [`It was run at this rate. ${took}. ${first} was predicted to be as good or better, but ${instead}.`]
}
