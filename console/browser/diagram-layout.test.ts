import { describe, expect, test } from 'vitest'

import { loopStatus } from '../../test/support/console-data.ts'
import { layout, type Box, type Layout } from './diagram-layout.ts'
import { groupsOf } from './worker-groups.ts'

const subject = (loops: number, balancers = 1, isolated = 0) => ({
  balancers: Array.from({ length: balancers }, (_, id) => String(id)),
  groups: groupsOf(Array.from({ length: loops }, (_, id) => loopStatus(id, { isolated: id >= loops - isolated }))),
})

const boxesOf = ({ clients, balancers, loops }: Layout): Box[] => [clients, ...balancers.values(), ...loops.values()]
const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

describe.each([280, 360, 699, 700, 1_024, 1_400])('%i pixels wide', (width) => {
  test.each([
    [1, 1, 0],
    [2, 1, 1],
    [4, 2, 1],
    [8, 1, 0],
    [9, 8, 2],
    [24, 3, 3],
    [64, 1, 0],
    [64, 4, 64],
  ])('%i loops, %i balancers and %i loops apart lie inside, and none on another', (loops, balancers, isolated) => {
    const plan = layout(width, subject(loops, balancers, isolated))
    const boxes = boxesOf(plan)
    expect(boxes.length).toBe(1 + loops + balancers)
    for (const box of boxes) {
      expect(box.x).toBeGreaterThanOrEqual(0)
      expect(box.y).toBeGreaterThanOrEqual(0)
      expect(box.x + box.width).toBeLessThanOrEqual(width + 0.01)
      expect(box.y + box.height).toBeLessThanOrEqual(plan.height + 0.01)
    }
    const crowded = boxes.flatMap((a, index) => boxes.slice(index + 1).filter((b) => overlap(a, b)))
    expect(crowded).toEqual([])
  })
})

test('loops kept apart stand in a frame of their own, the others outside of it', () => {
  const { frames, loops } = layout(1_200, subject(6, 1, 2))
  expect(frames.map(({ kind }) => kind)).toEqual(['apart'])
  const inside = [...loops].filter(([, box]) => overlap(box, frames[0]!.box)).map(([id]) => id)
  expect(inside).toEqual(['4', '5'])
})

describe.each([280, 360, 700, 1_024, 1_400])('threads, %i pixels wide', (width) => {
  test.each([
    [1, 2, 0],
    [4, 2, 2],
    [2, 4, 1],
    [8, 8, 8],
    [32, 2, 3],
  ])('%i processes of %i threads and a pool of %i: each in its frame, and no frame on another', (processes, threads, pool) => {
    const workers = Array.from({ length: processes * threads + pool }, (_, id) => {
      const inPool = id >= processes * threads
      return inPool
        ? loopStatus(id, { id: `b${id}`, forBlocking: true, concurrency: 1 })
        : loopStatus(id, { pid: 100 + Math.floor(id / threads), thread: id % threads })
    })
    const groups = groupsOf(workers)
    const plan = layout(width, { balancers: ['0'], groups })
    expect(plan.frames.length).toBe(processes + Math.min(1, pool))
    for (const [index, { loops }] of groups.entries()) {
      const frame = plan.frames[index]!.box
      expect(frame.x + frame.width).toBeLessThanOrEqual(width + 0.01)
      expect(frame.y + frame.height).toBeLessThanOrEqual(plan.height + 0.01)
      const inside = [...plan.loops].filter(([, box]) => overlap(box, frame)).map(([id]) => id)
      expect(inside).toEqual(loops)
    }
    const frames = plan.frames.map(({ box }) => box)
    expect(frames.flatMap((a, index) => frames.slice(index + 1).filter((b) => overlap(a, b)))).toEqual([])
  })
})

test('every loop has a wire that ends at its box', () => {
  const { wires, loops } = layout(1_200, subject(16))
  for (const [id, { y }] of loops) expect(wires.find(({ loop }) => loop === id)?.path).toMatch(new RegExp(`V${y}$`))
})

test('no loop at all, as before the first start, is drawn too', () => {
  expect(layout(1_200, subject(0)).height).toBeGreaterThan(0)
  expect(layout(360, subject(0, 0)).height).toBeGreaterThan(0)
})
