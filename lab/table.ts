/** A column: a name, or numbers with so many digits behind the point. */
export interface Column {
  readonly name: string
  readonly digits?: number
}

/** An answer in figures. */
export interface Table {
  readonly title: string
  readonly columns: readonly Column[]
  /** NaN where there is no number. */
  readonly lines: readonly (readonly (string | number)[])[]
}

/** Aligned, for a terminal. */
export function asText({ title, columns, lines }: Table): string {
  const cells = [columns.map(({ name }) => name), ...lines.map((line) => texts(line, columns))]
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]!.length)))
  const align = (cell: string, at: number): string => (isNumeric(columns[at]!) ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!))
  return [title, ...cells.map((line) => line.map(align).join('  ').trimEnd())].join('\n')
}

/** For docs. */
export function asMarkdown({ title, columns, lines }: Table): string {
  const rule = columns.map((column) => (isNumeric(column) ? '---:' : '---'))
  const rows = [columns.map(({ name }) => name), rule, ...lines.map((line) => texts(line, columns))]
  return [`### ${title}`, rows.map((row) => `| ${row.join(' | ')} |`).join('\n')].join('\n\n')
}

const isNumeric = ({ digits }: Column): boolean => digits !== undefined

const texts = (line: Table['lines'][number], columns: readonly Column[]): string[] =>
  line.map((cell, at) => (typeof cell === 'string' ? cell : Number.isFinite(cell) ? cell.toFixed(columns[at]!.digits) : '–'))
