import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { EventReader } from './event-reader.ts'

const message = (data: string) => ({ name: 'message', data })

describe('server-sent events', () => {
  it('are read without comments and ids; several data lines are one event', () => {
    const reader = new EventReader()
    expect(reader.push(':hello\n\nid: 1\ndata: {"a":\r\ndata: 1}\r\n\r\ndata:x\n\ndata: unfinished\n')).toEqual([
      message('{"a":\n1}'),
      message('x'),
    ])
  })

  it('keep their name, which the next one does not inherit, nor from one without data', () => {
    const reader = new EventReader()
    expect(reader.push('event: notice\nid: 7\ndata: 1\n\ndata: 2\n\nevent: notice\n\ndata: 3\n\n')).toEqual([
      { name: 'notice', data: '1' },
      message('2'),
      message('3'),
    ])
  })

  it('are the same however the network cuts them', () => {
    const text = 'data: one\n\n: comment\n\nevent: notice\ndata: two\ndata: three\n\n'
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: text.length - 1 })), (cuts) => {
        const places = [0, ...cuts.sort((left, right) => left - right), text.length]
        const reader = new EventReader()
        const events = places.slice(1).flatMap((end, index) => reader.push(text.slice(places[index], end)))
        expect(events).toEqual([message('one'), { name: 'notice', data: 'two\nthree' }])
      }),
    )
  })
})
