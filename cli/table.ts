import { type Colour, paint } from './terminal.ts'

export interface Column {
  readonly title: string
  readonly align?: 'right'
}

/** A column of numbers. */
export const right = (title: string): Column => ({ title, align: 'right' })

export interface Cell {
  readonly text: string
  readonly colour?: Colour | undefined
}

/** Lines of aligned columns, the titles first. Widths are those of the plain text: colours take no room. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], hasColours: boolean): string[] {
  const titles: Cell[] = columns.map(({ title }) => ({ text: title, colour: 'dim' }))
  const widths = columns.map((_, index) => Math.max(...[titles, ...rows].map((row) => row[index]?.text.length ?? 0)))
  return [titles, ...rows].map((row) => {
    const cells = columns.map(({ align }, index) => {
      const { text, colour } = row[index] ?? { text: '' }
      const gap = ' '.repeat(widths[index]! - text.length)
      const painted = paint(text, colour, hasColours)
      return align === 'right' ? gap + painted : painted + gap
    })
    return cells.join('  ').trimEnd()
  })
}
