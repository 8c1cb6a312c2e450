/** Where everything of the diagram lies, in CSS pixels. Pure: the drawing is in diagram.ts. */

import { placeGroups, type Frame, type Placed } from './diagram-groups.ts'
import type { LoopGroup } from './worker-groups.ts'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Subject {
  readonly balancers: readonly string[]
  readonly groups: readonly LoopGroup[]
}

export interface Wire {
  /** Whose traffic it carries; undefined for all of it. */
  readonly loop?: string
  readonly path: string
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly size: 'large' | 'medium' | 'small'
  readonly clients: Box
  readonly balancers: ReadonlyMap<string, Box>
  readonly loops: ReadonlyMap<string, Box>
  /** Around the loops of each group that has a title. */
  readonly frames: readonly Frame[]
  readonly wires: readonly Wire[]
}

const gap = 12
const narrow = 700

/** Clients, balancers and loops side by side; one above the other where the page is narrow. */
export function layout(width: number, subject: Subject): Layout {
  const loops = subject.groups.reduce((sum, group) => sum + group.loops.length, 0)
  const size = loops <= 8 ? 'large' : loops <= 24 ? 'medium' : 'small'
  return width < narrow ? stacked(width, subject, size === 'large' ? 'medium' : size) : sideBySide(width, subject, size)
}

function sideBySide(width: number, { balancers, groups }: Subject, size: Layout['size']): Layout {
  const column = { clients: 104, balancer: 156, wire: 44 }
  const balancerX = column.clients + column.wire
  const trunk = balancerX + column.balancer + 26
  const placed = placeGroups(groups, { x: trunk + 22, y: 0, width: width - trunk - 22 }, size)
  const balancerHeight = balancers.length > 4 ? 44 : 84
  const balancersHeight = balancers.length * (balancerHeight + gap) - gap
  const height = Math.max(placed.bottom, balancersHeight, 90)
  // The balancers stand at the middle of the loops' rows, so that wires run evenly to both sides.
  const top = (height - balancersHeight) / 2
  const boxes = new Map(
    balancers.map((id, index) => [
      id,
      { x: balancerX, y: top + index * (balancerHeight + gap), width: column.balancer, height: balancerHeight },
    ]),
  )
  const clients = { x: 0, y: (height - 72) / 2, width: column.clients, height: 72 }
  const middles = [...boxes.values()].map(({ y }) => y + balancerHeight / 2)
  const ends = [...middles, ...placed.rails]
  return {
    width,
    height,
    size,
    clients,
    balancers: boxes,
    loops: placed.boxes,
    frames: placed.frames,
    wires: [
      ...middles.map((y) => ({ path: curve(column.clients, height / 2, balancerX, y) })),
      ...middles.map((y) => ({ path: `M${balancerX + column.balancer} ${y}H${trunk}` })),
      { path: `M${trunk} ${Math.min(...ends)}V${Math.max(...ends)}` },
      ...drops(placed, trunk),
    ],
  }
}

function stacked(width: number, { balancers, groups }: Subject, size: Layout['size']): Layout {
  const clients = { x: 0, y: 0, width, height: 40 }
  const perRow = Math.min(balancers.length, 2) || 1
  const balancerWidth = (width - gap * (perRow - 1)) / perRow
  const boxes = new Map(
    balancers.map((id, index) => [
      id,
      { x: (index % perRow) * (balancerWidth + gap), y: 62 + Math.floor(index / perRow) * 96, width: balancerWidth, height: 84 },
    ]),
  )
  const bottom = Math.max(40, ...[...boxes.values()].map(({ y, height }) => y + height))
  const trunk = 7
  const placed = placeGroups(groups, { x: 20, y: bottom + 6, width: width - 20 }, size)
  const firstRow = [...boxes.values()].slice(0, perRow)
  return {
    width,
    height: Math.max(placed.bottom, bottom),
    size,
    clients,
    balancers: boxes,
    loops: placed.boxes,
    frames: placed.frames,
    wires: [
      ...firstRow.map(({ x, width }) => ({ path: `M${x + width / 2} 40V62` })),
      { path: `M${trunk} ${bottom}V${Math.max(bottom, ...placed.rails)}` },
      ...drops(placed, trunk),
    ],
  }
}

const drops = ({ boxes, railOf }: Placed, trunk: number): Wire[] =>
  [...boxes].map(([loop, { x, y, width }]) => {
    const middle = x + width / 2
    return { loop, path: `M${trunk} ${railOf.get(loop)!}H${middle - 6}q6 0 6 6V${y}` }
  })

function curve(x1: number, y1: number, x2: number, y2: number): string {
  const middle = (x1 + x2) / 2
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`
}
