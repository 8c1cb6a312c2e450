import { describe, expect, it } from 'vitest'

import { readOptions } from './options.ts'

describe('the options of advise', () => {
  it('are those of a thorough look where nothing is said', () => {
    expect(readOptions([])).toMatchObject({
      app: undefined,
      rate: undefined,
      observe: false,
      pace: { seconds: 5, syncCounts: [1, 2, 4, 8, 16] },
    })
    expect(readOptions(['--quick', 'app.js'])).toMatchObject({ app: 'app.js', pace: { seconds: 4, syncCounts: [1, 2, 4] } })
  })

  it('are read with their units', () => {
    expect(readOptions(['--rate=12.5', '--p99=2s', '--seconds=30', '--json='])).toMatchObject({
      rate: 12.5,
      p99Ms: 2_000,
      pace: { seconds: 30 },
      json: '',
    })
  })

  it('are refused all at once, with what is accepted', () => {
    expect(() => readOptions(['--rate=many', '--p99=0', '--seconds=1e9'])).toThrow(
      /--rate is many; accepted: requests per second.*\n.*--p99 is 0; accepted: a time.*\n.*--seconds is 1e9/,
    )
  })

  it('are refused where nothing could be written in the end', () => {
    expect(() => readOptions(['--html=/no/such/folder/advice.html', '--json=/no/such/folder/advice.json'])).toThrow(
      /--html is .*accepted: a file in a folder that exists.*\n.*--json is /,
    )
  })

  it('are refused where they contradict each other', () => {
    expect(() => readOptions(['--observe', 'app.js'])).toThrow(/--observe is given with an app/)
    expect(() => readOptions(['--observe', '--workload=io'])).toThrow(/--workload is io; accepted: none with --observe/)
    expect(() => readOptions(['--admin=127.0.0.1:9400'])).toThrow(/--admin is given without --observe/)
  })
})
