import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { EventReader } from './event-reader.ts'

describe('server-sent events', () => {
  it('are read without comments, ids and names; several data lines are one event', () => {
    const reader = new EventReader()
    expect(reader.push(':hello\n\nid: 1\nevent: status\ndata: {"a":\r\ndata: 1}\r\n\r\ndata:x\n\ndata: unfinished\n')).toEqual([
      '{"a":\n1}',
      'x',
    ])
  })

  it('are the same however the network cuts them', () => {
    const text = 'data: one\n\n: comment\n\ndata: two\ndata: three\n\n'
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: text.length - 1 })), (cuts) => {
        const places = [0, ...cuts.sort((left, right) => left - right), text.length]
        const reader = new EventReader()
        expect(places.slice(1).flatMap((end, index) => reader.push(text.slice(places[index], end)))).toEqual(['one', 'two\nthree'])
      }),
    )
  })
})
