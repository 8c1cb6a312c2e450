import { expect, it } from 'vitest'

import { holdsSince, readHolds, totalOf } from './holds.ts'

const text = (io: number, seconds: number): string => `# TYPE evenloop_route_blocking_seconds histogram
evenloop_route_blocking_seconds_bucket{method="GET",route="/io",le="+Inf"} ${io}
evenloop_route_blocking_seconds_sum{method="GET",route="/io"} ${seconds}
evenloop_route_blocking_seconds_count{method="GET",route="/io"} ${io}
evenloop_route_blocking_seconds_sum{method="POST",route="/a\\"b\\\\c"} 0.5
evenloop_route_blocking_seconds_count{method="POST",route="/a\\"b\\\\c"} 4
evenloop_route_blocking_seconds_sum{method="*",route="(no request)"} 9
evenloop_route_blocking_seconds_count{method="*",route="(no request)"} 2
`

it('reads how long each route held loops, without what belongs to no request', () => {
  const holds = readHolds(text(10, 0.25))
  expect([...holds]).toEqual([
    ['GET /io', { requests: 10, seconds: 0.25 }],
    ['POST /a"b\\c', { requests: 4, seconds: 0.5 }],
  ])
  expect(totalOf(holds)).toEqual({ requests: 14, seconds: 0.75 })
})

it('tells what came between two readings, of the routes that were asked for', () => {
  expect([...holdsSince(readHolds(text(10, 0.25)), readHolds(text(30, 0.75)))]).toEqual([['GET /io', { requests: 20, seconds: 0.5 }]])
})
