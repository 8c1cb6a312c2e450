/** What a chart shows. Values without a number (NaN) are left out. */
export interface Chart {
  readonly title: string
  /** One sentence: how to read it. */
  readonly description: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
  /** Places on the x axis that the text speaks of. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[]
}

export interface Axis {
  readonly label: string
  /** As it stands behind a number: `ms`, `requests/s`; empty where the values only count. */
  readonly unit: string
  /** Logarithmic, for values that differ by much. */
  readonly log?: boolean
}

export interface Series {
  readonly name: string
  readonly points: readonly Point[]
  /** `line` joins measured points (and is what is meant where nothing is said), `dots` does not; `curve` has no dots; `reference` is what others are held against. */
  readonly kind?: 'line' | 'dots' | 'curve' | 'reference'
  /** Drawn thicker, and over the others. */
  readonly emphasis?: boolean
  /** Which colour, marker and dash: the place in `series` otherwise. Charts of one page give the same thing the same look. */
  readonly look?: number
}

export interface Point {
  readonly x: number
  readonly y: number
  /** A hollow dot: a point of another kind. The description says of which. */
  readonly hollow?: boolean
}

/** Points that can be drawn. */
export const drawable = ({ points }: Series): readonly Point[] => points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))

export const isMeasured = ({ kind = 'line' }: Series): boolean => kind === 'line' || kind === 'dots'

/** Where values are read from a chart: the places of what was measured; where nothing was, all. */
export function readings({ series }: Chart): number[] {
  const measured = series.filter(isMeasured)
  const of = measured.some((one) => drawable(one).length > 0) ? measured : series
  return [...new Set(of.flatMap((one) => drawable(one).map(({ x }) => x)))].toSorted((a, b) => a - b)
}

/** A series' value at a place, where it has a point there. */
export const valueAt = (series: Series, x: number): number | undefined => drawable(series).find((point) => point.x === x)?.y
