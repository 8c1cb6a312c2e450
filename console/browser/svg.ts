const namespace = 'http://www.w3.org/2000/svg'

export type Attributes = Readonly<Record<string, string | number>>

export function svg<Tag extends keyof SVGElementTagNameMap>(tag: Tag, attributes: Attributes = {}): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS(namespace, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  return element
}

/** Small squares in a grid, as one path: a box may hold many. */
export function squares(from: number, to: number, columns: number, x: number, y: number, side = 6, pitch = 9): string {
  let path = ''
  for (let index = from; index < to; index++) {
    path += `M${x + (index % columns) * pitch} ${y + Math.floor(index / columns) * pitch}h${side}v${side}h${-side}z`
  }
  return path
}
