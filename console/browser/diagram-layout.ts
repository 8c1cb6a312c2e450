/** Where everything of the diagram lies, in CSS pixels. Pure: the drawing is in diagram.ts. */

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Subject {
  readonly balancers: readonly string[]
  readonly loops: readonly { readonly id: string; readonly isolated: boolean }[]
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
  /** The frame around the loops that are kept for routes that block. */
  readonly apart: Box | undefined
  readonly wires: readonly Wire[]
}

const sizes = {
  large: { min: 168, max: 260, height: 104 },
  medium: { min: 132, max: 190, height: 86 },
  small: { min: 88, max: 128, height: 56 },
} as const

const gap = 12
/** Between a row's boxes and the wire that runs above them. */
const rise = 13
const narrow = 700

interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
}

/** Clients, balancers and loops side by side; one above the other where the page is narrow. */
export function layout(width: number, subject: Subject): Layout {
  const size = subject.loops.length <= 8 ? 'large' : subject.loops.length <= 24 ? 'medium' : 'small'
  return width < narrow ? stacked(width, subject, size === 'large' ? 'medium' : size) : sideBySide(width, subject, size)
}

function sideBySide(width: number, { balancers, loops }: Subject, size: Layout['size']): Layout {
  const column = { clients: 104, balancer: 156, wire: 44 }
  const balancerX = column.clients + column.wire
  const trunk = balancerX + column.balancer + 26
  const placed = groups(loops, { x: trunk + 22, y: 0, width: width - trunk - 22 }, size)
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
    apart: placed.apart,
    wires: [
      ...middles.map((y) => ({ path: curve(column.clients, height / 2, balancerX, y) })),
      ...middles.map((y) => ({ path: `M${balancerX + column.balancer} ${y}H${trunk}` })),
      { path: `M${trunk} ${Math.min(...ends)}V${Math.max(...ends)}` },
      ...drops(placed, trunk),
    ],
  }
}

function stacked(width: number, { balancers, loops }: Subject, size: Layout['size']): Layout {
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
  const placed = groups(loops, { x: 20, y: bottom + 6, width: width - 20 }, size)
  const firstRow = [...boxes.values()].slice(0, perRow)
  return {
    width,
    height: Math.max(placed.bottom, bottom),
    size,
    clients,
    balancers: boxes,
    loops: placed.boxes,
    apart: placed.apart,
    wires: [
      ...firstRow.map(({ x, width }) => ({ path: `M${x + width / 2} 40V62` })),
      { path: `M${trunk} ${bottom}V${Math.max(bottom, ...placed.rails)}` },
      ...drops(placed, trunk),
    ],
  }
}

interface Placed {
  readonly boxes: Map<string, Box>
  readonly rails: number[]
  readonly railOf: Map<string, number>
  readonly bottom: number
  readonly apart: Box | undefined
}

/** The loops in a grid, those kept apart in a frame of their own below the others. */
function groups(loops: Subject['loops'], area: Area, size: Layout['size']): Placed {
  const free = grid(ids(loops, false), area, size)
  const kept = ids(loops, true)
  if (kept.length === 0) return { ...free, apart: undefined }
  const y = loops.length === kept.length ? area.y : free.bottom + gap
  const inner = grid(kept, { x: area.x + 10, y: y + 20, width: area.width - 20 }, size)
  const right = Math.max(...[...inner.boxes.values()].map((box) => box.x + box.width))
  return {
    boxes: new Map([...free.boxes, ...inner.boxes]),
    rails: [...free.rails, ...inner.rails],
    railOf: new Map([...free.railOf, ...inner.railOf]),
    bottom: inner.bottom + 10,
    // Wide enough for its title, whatever stands in it.
    apart: { x: area.x, y, width: Math.min(area.width, Math.max(right - area.x + 10, 250)), height: inner.bottom + 10 - y },
  }
}

const ids = (loops: Subject['loops'], isolated: boolean): string[] => loops.filter((loop) => loop.isolated === isolated).map(({ id }) => id)

function grid(ids: readonly string[], area: Area, size: Layout['size']): Omit<Placed, 'apart'> {
  const { min, max, height } = sizes[size]
  const most = Math.max(1, Math.floor((area.width + gap) / (min + gap)))
  const rows = Math.max(1, Math.ceil(ids.length / most))
  const columns = Math.max(1, Math.ceil(ids.length / rows))
  const width = Math.min(max, (area.width - gap * (columns - 1)) / columns)
  const pitch = height + rise + gap
  const boxes = new Map<string, Box>()
  const railOf = new Map<string, number>()
  ids.forEach((id, index) => {
    const y = area.y + rise + Math.floor(index / columns) * pitch
    boxes.set(id, { x: area.x + (index % columns) * (width + gap), y, width, height })
    railOf.set(id, y - rise + 2)
  })
  const bottom = ids.length === 0 ? area.y : area.y + rise + (rows - 1) * pitch + height
  return { boxes, railOf, rails: [...new Set(railOf.values())], bottom }
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
