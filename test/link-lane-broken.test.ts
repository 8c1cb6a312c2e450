import { expect, test } from 'vitest'

import { frameType, initialWindow } from '../link/frame.ts'
import { startFakeLoop } from './support/fake-loop.ts'
import { settled } from './support/flow.ts'
import { post, startProxy } from './support/in-process-proxy.ts'

test('credit that comes too late for one request is not taken for the next one with its number', async () => {
  const { loop, upstream } = await startFakeLoop()
  const { connect } = await startProxy({ upstreams: [upstream] })
  const client = await connect()
  client.send(post('/', 'a'))
  const first = await loop.request()
  first.taken()
  first.answer('done')
  await client.until((text) => text.endsWith('done'))

  client.send(post('/', 'b'.repeat(3 * initialWindow)))
  const second = await loop.request(1)
  expect(second.stream).toBe(first.stream)
  second.link.outbox.number(frameType.window, 0, 0, first.stream, initialWindow)
  second.taken()
  expect(await settled(() => second.bodyBytes)).toBe(initialWindow)
  second.grant()
  expect(await settled(() => second.bodyBytes)).toBe(2 * initialWindow)
  expect(loop.breaches).toEqual([])
})
