import type { Past, Span } from './lives.ts'
import { windowMs } from './lives.ts'

/** What a strip draws, as paths in a space of this size: the window's end at its right edge, nothing held at its bottom. */
export const stripWidth = 600
export const stripHeight = 20

export interface Strip {
  /** A bar for each life. */
  readonly lives: string
  /** The part of these that was seen. */
  readonly seen: string
  /** How far these are filled with tasks. */
  readonly open: string
  /** Where tasks began; nothing where there are too many to be told apart. */
  readonly cuts: string
}

// More begins than this in a second would be a texture, and no picture of tasks.
const mostCutsPerSecond = 6

export type Drawn = Pick<Past, 'lives' | 'spans' | 'seenFrom'>

/** @param full how many tasks fill the height */
export function stripOf({ lives, spans, seenFrom }: Drawn, now: number, full: number): Strip {
  const x = (at: number): number => round(Math.max(0, stripWidth * (1 - (now - at) / windowMs)))
  const bar = (from: number, to: number, height: number): string => {
    const [left, right] = [x(from), x(to)]
    return right <= left ? '' : `M${left} ${stripHeight}V${round(stripHeight - height)}H${right}V${stripHeight}z`
  }
  const inWindow = spans.filter(({ to }) => to > now - windowMs)
  const seconds = inWindow.reduce((sum, { from, to }) => sum + to - from, 0) / 1_000
  const begun = inWindow.reduce((sum, span) => sum + span.begun, 0)
  return {
    lives: lives.map(({ from, to = now }) => bar(from, to, stripHeight)).join(''),
    seen: lives.map(({ from, to = now }) => bar(Math.max(from, seenFrom), to, stripHeight)).join(''),
    open: outline(inWindow, x, (open) => round(stripHeight * (1 - Math.min(1, open / full)))),
    cuts: begun > mostCutsPerSecond * seconds ? '' : inWindow.flatMap((span) => cutsOf(span, x)).join(''),
  }
}

/** Steps over the spans; in one piece where they meet, since seams between bars would look like cuts. */
function outline(spans: readonly Span[], x: (at: number) => number, y: (open: number) => number): string {
  let path = ''
  spans.forEach(({ from, to, open }, index) => {
    const [before, after] = [spans[index - 1], spans[index + 1]]
    if (before === undefined || x(before.to) < x(from)) path += `M${x(from)} ${stripHeight}`
    path += `V${y(open)}H${x(to)}`
    if (after === undefined || x(to) < x(after.from)) path += `V${stripHeight}z`
  })
  return path
}

/** When in the span its tasks began is not known: they are spread over it. */
const cutsOf = ({ from, to, begun }: Span, x: (at: number) => number): string[] =>
  Array.from({ length: begun }, (_, index) => `M${x(from + ((to - from) * (index + 0.5)) / begun)} 0V${stripHeight}`)

/** The height of bars without a limit: a round number that none of them exceeds. */
export function fullOf(pasts: readonly Pick<Past, 'spans'>[]): number {
  const most = Math.max(1, ...pasts.flatMap(({ spans }) => spans.map(({ open }) => open)))
  const power = 10 ** Math.floor(Math.log10(most))
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= most) ?? most
}

const round = (value: number): number => Math.round(value * 10) / 10
