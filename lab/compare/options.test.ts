import { expect, test } from 'vitest'

import { modelNames } from './comparison.ts'
import { readOptions } from './options.ts'

test('without flags all models are measured thoroughly, with the usual workers', () => {
  const { app, budget, models, pace, rates, json, html } = readOptions([])
  expect({ app, budget, models, rates, json, html }).toEqual({
    budget: { by: 'workers', workers: undefined },
    models: modelNames,
  })
  expect(pace).toMatchObject({ stepSeconds: 5, rates: 6 })
})

test('each flag says what it says', () => {
  const words = [
    '--quick',
    '--seconds=0.5',
    '--budget=memory=1.5GiB',
    '--models=async,sync-threads',
    '--rates=200,100,100',
    '--json=',
    '--',
    'app.js',
  ]
  expect(readOptions(words)).toMatchObject({
    app: 'app.js',
    budget: { by: 'memory', bytes: 1.5 * 1024 ** 3 },
    models: ['sync-threads', 'async'],
    pace: { stepSeconds: 0.5, rates: 4 },
    rates: [100, 200],
    json: '',
  })
  expect(readOptions(['--budget=workers=16']).budget).toEqual({ by: 'workers', workers: 16 })
})

test('everything that is wrong is told at once, each with what is accepted', () => {
  const words = ['--seconds=0', '--budget=workers=1', '--models=async,hybird', '--rates=1,x']
  expect(() => readOptions(words)).toThrow(
    /--seconds is 0;[^]*--budget is workers=1; accepted: workers=N \(2 to 1024\)[^]*--models is async,hybird; accepted: a list among sync-processes[^]*--rates is 1,x/,
  )
})

test.each(['memory=0', 'memory=x', 'workers=', 'cpus=3', 'workers=2000'])('no budget is %s', (budget) => {
  expect(() => readOptions([`--budget=${budget}`])).toThrow('accepted: workers=N')
})
