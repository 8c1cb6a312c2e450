import type { Box, Layout } from './diagram-layout.ts'
import type { LoopGroup } from './worker-groups.ts'

const sizes = {
  large: { min: 168, max: 260, height: 104 },
  medium: { min: 132, max: 190, height: 86 },
  small: { min: 88, max: 128, height: 56 },
} as const

const gap = 12
/** Between a row's boxes and the wire that runs above them. */
const rise = 13
/** Within a frame: at its sides and bottom, and above its boxes where the title stands. */
const pad = 10
const head = 24
const characterWidth = 6.9

export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
}

export interface Frame {
  readonly kind: LoopGroup['kind']
  readonly title: string
  readonly box: Box
}

export interface Placed {
  readonly boxes: ReadonlyMap<string, Box>
  /** Heights at which a wire runs to a row of boxes. */
  readonly rails: readonly number[]
  readonly railOf: ReadonlyMap<string, number>
  readonly bottom: number
  readonly frames: readonly Frame[]
}

/** Groups that stand side by side, as many as have room. */
interface Shelf {
  readonly groups: readonly { readonly group: LoopGroup; readonly columns: number; readonly least: number }[]
}

/** The loops in grids, each group with a title in a frame of its own. */
export function placeGroups(groups: readonly LoopGroup[], area: Area, size: Layout['size']): Placed {
  const boxes = new Map<string, Box>()
  const railOf = new Map<string, number>()
  const frames: Frame[] = []
  const { min, max, height } = sizes[size]
  let bottom = area.y
  for (const { groups: placed } of shelvesOf(groups, area.width, size)) {
    const top = bottom === area.y ? area.y : bottom + gap
    // One wire runs to all boxes of a row: they stand at one height, in a frame or not.
    const first = (placed.some(({ group }) => isFramed(group)) ? top + head : top) + rise
    const all = placed.reduce((sum, { columns }) => sum + columns, 0)
    const spare = area.width - placed.reduce((sum, { least }) => sum + least, 0) - gap * (placed.length - 1)
    const wider = Math.max(0, spare) / all
    let x = area.x
    for (const { group, columns, least } of placed) {
      const side = isFramed(group) ? pad : 0
      // A frame that is as wide as its title may have room for wider boxes than others on its shelf.
      const room = least + wider * columns - 2 * side - gap * (columns - 1)
      const width = Math.min(max, Math.max(Math.min(min, area.width - 2 * side), room / columns))
      group.loops.forEach((id, index) => {
        const y = first + Math.floor(index / columns) * (height + rise + gap)
        boxes.set(id, { x: x + side + (index % columns) * (width + gap), y, width, height })
        railOf.set(id, y - rise + 2)
      })
      const rows = Math.ceil(group.loops.length / columns)
      const end = first + (rows - 1) * (height + rise + gap) + height + side
      const across = Math.max(columns * (width + gap) - gap + 2 * side, Math.min(area.width, titleWidth(group)))
      if (isFramed(group)) frames.push({ kind: group.kind, title: group.title, box: { x, y: top, width: across, height: end - top } })
      bottom = Math.max(bottom, end)
      x += across + gap
    }
  }
  return { boxes, railOf, rails: [...new Set(railOf.values())], bottom, frames }
}

function shelvesOf(groups: readonly LoopGroup[], width: number, size: Layout['size']): Shelf[] {
  const { min } = sizes[size]
  const shelves: { groups: Shelf['groups'][number][]; used: number }[] = []
  for (const group of groups) {
    const sides = isFramed(group) ? 2 * pad : 0
    const most = Math.max(1, Math.floor((width - sides + gap) / (min + gap)))
    const rows = Math.ceil(group.loops.length / most)
    const columns = Math.ceil(group.loops.length / rows)
    const least = Math.min(width, Math.max(columns * (min + gap) - gap + sides, titleWidth(group)))
    const last = shelves.at(-1)
    if (last !== undefined && last.used + gap + least <= width) {
      last.groups.push({ group, columns, least })
      last.used += gap + least
    } else shelves.push({ groups: [{ group, columns, least }], used: least })
  }
  return shelves
}

const isFramed = ({ title }: LoopGroup): boolean => title !== ''

const titleWidth = ({ title }: LoopGroup): number => (title === '' ? 0 : title.length * characterWidth + 2 * pad)
