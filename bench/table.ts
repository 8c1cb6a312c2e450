/** A result for people. */
export interface Table {
  readonly title: string
  /** The first column is the line's name, the others are numbers. */
  readonly head: readonly string[]
  readonly lines: readonly (readonly string[])[]
  /** Sentences below it: gaps, and who came where. */
  readonly notes: readonly string[]
}

/** Aligned, for a terminal. */
export function formatTable({ title, head, lines, notes }: Table): string {
  const all = [head, ...lines]
  const widths = head.map((_, column) => Math.max(...all.map((line) => line[column]!.length)))
  const format = (line: readonly string[]): string =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')
  return [title, ...(lines.length === 0 ? [] : all.map(format)), ...notes].join('\n')
}

/** The same as Markdown. */
export function formatMarkdown({ title, head, lines, notes }: Table): string {
  const table = [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...lines].map((line) => `| ${line.join(' | ')} |`)
  return [`### ${title}`, ...(lines.length === 0 ? [] : [table.join('\n')]), ...(notes.length === 0 ? [] : [notes.join('\n\n')])].join(
    '\n\n',
  )
}
