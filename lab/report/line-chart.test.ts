import { expect, test } from 'vitest'

import type { Chart, Series } from './chart.ts'
import { lineChart } from './line-chart.ts'

const chart = (series: readonly Series[], change: Partial<Chart> = {}): string =>
  lineChart({
    title: 'Throughput',
    description: 'Higher is better.',
    x: { label: 'Workers', unit: '' },
    y: { label: 'Done', unit: 'requests/s' },
    series,
    ...change,
  }).text

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0

const plotOf = (text: string): string => /<svg class="plot"[\s\S]*?<\/svg>/.exec(text)?.[0] ?? ''

test('a line joins its points, dots stand alone, a curve has none, a reference is nobody’s colour', () => {
  const points = [1, 2, 4].map((x) => ({ x, y: x * 100 }))
  const of = (kind: NonNullable<Series['kind']>): [strokes: number, markers: number] => {
    const plot = plotOf(chart([{ name: 'a', points, kind }]))
    return [count(plot, /class="stroke"/g), count(plot, /class="marker"/g)]
  }
  expect([of('line'), of('dots'), of('curve'), of('reference')]).toEqual([
    [1, 3],
    [0, 3],
    [1, 0],
    [1, 0],
  ])
  expect(plotOf(chart([{ name: 'a', points, kind: 'reference' }]))).toContain('class="series at-0 reference"')
})

test('the table says what the lines show, where something was measured', () => {
  const curve = Array.from({ length: 50 }, (_, at) => ({ x: 1 + at / 10, y: at }))
  const text = chart([
    {
      name: 'measured',
      kind: 'dots',
      points: [
        { x: 2, y: 190 },
        { x: 1, y: 100 },
      ],
    },
    { name: 'predicted', kind: 'curve', points: curve },
  ])
  const rows = [...text.matchAll(/<tr>\s*<th scope="row">([^<]*)<\/th>([\s\S]*?)<\/tr>/g)]
  expect(rows.map(([, place, cells]) => [place, ...[...cells!.matchAll(/<td[^>]*>([^<]*)/g)].map(([, cell]) => cell)])).toEqual([
    ['1', '100', '0'],
    ['2', '190', '10'],
  ])
})

test('a value that is no number is left out of the lines, and of the axes', () => {
  const points = [
    { x: 1, y: 5 },
    { x: 2, y: NaN },
    { x: 3, y: Infinity },
    { x: NaN, y: 5 },
    { x: 4, y: 7 },
  ]
  const text = chart([
    { name: 'a', points },
    { name: 'empty', points: [] },
  ])
  expect(count(plotOf(text), /class="marker"/g)).toBe(2)
  expect(text).not.toMatch(/NaN|Infinity|undefined/)
})

test.each([false, true])('one point, zeros and equal points are drawn (logarithmic: %s)', (log) => {
  const axes = { x: { label: 'x', unit: '', log }, y: { label: 'y', unit: 'ms', log } }
  for (const points of [
    [{ x: 5, y: 3 }],
    [{ x: 0, y: 0 }],
    [
      { x: 1, y: 2 },
      { x: 1, y: 2 },
    ],
    [{ x: 1e-12, y: 1e12 }],
  ]) {
    const text = chart([{ name: 'a', points }], axes)
    expect(count(plotOf(text), /class="marker"/g)).toBe(points.length)
    expect(text).not.toMatch(/NaN|Infinity/)
  }
})

test('where nothing was measured it says so', () => {
  const text = chart([{ name: 'a', points: [{ x: NaN, y: NaN }] }])
  expect(text).toContain('Nothing was measured.')
  expect(text).not.toContain('<table')
})

test('names from elsewhere are text', () => {
  const evil = '</title></svg><script>alert(1)</script>"\''
  const text = chart([{ name: evil, points: [{ x: 1, y: 1 }] }], { title: evil, description: evil, marks: [{ x: 1, label: evil }] })
  expect(text).not.toContain('<script')
})

test('a mark stands at its place, one without a place is left out', () => {
  const text = plotOf(
    chart([{ name: 'a', points: [{ x: 1, y: 1 }] }], {
      marks: [
        { x: 8, label: 'peak' },
        { x: NaN, label: 'never' },
      ],
    }),
  )
  expect(text).toContain('peak')
  expect(text).not.toContain('never')
})
