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
  // What is left of a window is not used where a read would mostly have to be kept.
  const sent = await settled(() => second.bodyBytes)
  expect(sent).toBeLessThanOrEqual(initialWindow)
  expect(sent).toBeGreaterThan(initialWindow / 2)
  second.grant()
  const further = await settled(() => second.bodyBytes)
  expect(further).toBeLessThanOrEqual(2 * initialWindow)
  expect(further).toBeGreaterThan(sent)
  expect(loop.breaches).toEqual([])
})
