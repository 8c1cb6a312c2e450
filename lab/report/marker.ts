import type { Series } from './chart.ts'
import { markup, type Html } from './markup.ts'

/** How many looks there are; after them they begin again. */
export const looks = 8

// Around 0,0. Told apart by form as well as by colour, for eyes and printers that see none.
const shapes = [
  'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z',
  'M-3.8-3.8h7.6v7.6h-7.6z',
  'M0-5L4.8 3.8H-4.8z',
  'M0-5.2L5.2 0L0 5.2L-5.2 0z',
  'M0 5L4.8-3.8H-4.8z',
  'M-1.6-5h3.2v3.4h3.4v3.2h-3.4v3.4h-3.2v-3.4h-3.4v-3.2h3.4z',
  'M-4-1.8L-1.8-4L0-2.2L1.8-4L4-1.8L2.2 0L4 1.8L1.8 4L0 2.2L-1.8 4L-4 1.8L-2.2 0z',
  'M-5-2.4h10v4.8h-10z',
]

const dashes = ['none', '7 3', '2 2.5', '9 3 2 3', '4 3', '12 3', '5 2 1 2 1 2', '1 3']

export const dashOf = (kind: Series['kind'], look: number): string => (kind === 'reference' ? '2 3' : dashes[look % looks]!)

/** Hollow says that the value is of another kind: the caller's text says which. */
export const marker = (look: number, x: number, y: number, hollow = false): Html =>
  markup`<path class="${hollow ? 'marker hollow' : 'marker'}" transform="translate(${round(x)} ${round(y)})" d="${shapes[look % looks]!}" />`

export const round = (value: number): number => Math.round(value * 10) / 10
