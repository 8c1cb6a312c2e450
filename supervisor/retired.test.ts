import { expect, test } from 'vitest'

import { Retired } from './retired.ts'

const counter = (value: number, labels: Record<string, string | number> = { loop: '0' }) => ({
  name: 'requests_total',
  help: '',
  type: 'counter',
  aggregator: 'sum',
  values: [{ value, labels }],
})
const gauge = { name: 'in_flight', help: '', type: 'gauge', aggregator: 'sum', values: [{ value: 3, labels: {} }] }

test('what ended processes counted is summed, series by series; gauges end with their process', () => {
  const retired = new Retired()
  retired.add('loop:0', [counter(5), gauge])
  retired.add('loop:0', [counter(2), counter(1, { loop: '0', code: '2xx' })])
  expect(retired.all).toEqual([
    [
      {
        ...counter(0),
        values: [
          { value: 7, labels: { loop: '0' } },
          { value: 1, labels: { loop: '0', code: '2xx' } },
        ],
      },
    ],
  ])
})

test('the parts of a histogram stay apart', () => {
  const retired = new Retired()
  const values = [
    { value: 1, labels: { le: 1 }, metricName: 's_bucket' },
    { value: 4, labels: {}, metricName: 's_sum' },
    { value: 1, labels: {}, metricName: 's_count' },
  ]
  const histogram = { name: 's', help: '', type: 'histogram', aggregator: 'sum', values }
  retired.add('loop:0', [histogram])
  retired.add('loop:0', [histogram])
  expect((retired.all[0]![0] as typeof histogram).values.map((one) => one.value)).toEqual([2, 8, 2])
})

test('a place that is gone takes its series with it', () => {
  const retired = new Retired()
  retired.add('loop:0', [counter(5)])
  retired.forget('loop:0')
  expect(retired.all).toEqual([])
})
