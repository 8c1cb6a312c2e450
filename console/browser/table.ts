import { make, setAttribute, setText } from './dom.ts'

export interface Column<Row> {
  readonly title: string
  /** Numbers stand to the right, so that they can be compared. */
  readonly numeric?: boolean
  text?(row: Row): string
  /** Instead of a text: paints into the cell, which is empty the first time. */
  paint?(cell: HTMLTableCellElement, row: Row): void
}

export interface TableOptions<Row> {
  readonly columns: readonly Column<Row>[]
  key(row: Row): string
  /** Of the row's element: what a link leads to and what the style goes by. */
  attributes?(row: Row): Readonly<Record<string, string>>
  /** What is said where there is no row. */
  readonly empty: string
}

/**
 * A table that is shown twice a second: rows keep their elements as long as their key is there, so that focus, selection and a
 * pressed button outlive an update. The roles are said again, because the narrow style makes cards of the rows, which in
 * some browsers takes them their meaning.
 */
export class LiveTable<Row> {
  readonly #body: HTMLTableSectionElement
  readonly #options: TableOptions<Row>
  readonly #rows = new Map<string, HTMLTableRowElement>()
  readonly #empty: HTMLTableRowElement

  constructor(table: HTMLElement, options: TableOptions<Row>) {
    this.#options = options
    table.setAttribute('role', 'table')
    const head = make('thead')
    head.setAttribute('role', 'rowgroup')
    const titles = row('')
    for (const { title, numeric } of options.columns) {
      const cell = make('th', numeric === true ? 'number' : '', title)
      cell.scope = 'col'
      cell.setAttribute('role', 'columnheader')
      titles.append(cell)
    }
    head.append(titles)
    this.#body = make('tbody')
    this.#body.setAttribute('role', 'rowgroup')
    this.#empty = row('empty')
    const cell = make('td', '', options.empty)
    cell.setAttribute('role', 'cell')
    cell.colSpan = options.columns.length
    this.#empty.append(cell)
    table.replaceChildren(head, this.#body)
  }

  show(rows: readonly Row[]): void {
    const elements = rows.map((row) => this.#update(row))
    if (elements.length === 0) elements.push(this.#empty)
    const kept = new Set(elements)
    for (const [key, element] of this.#rows) if (!kept.has(element)) this.#rows.delete(key)
    for (const element of [...this.#body.children]) if (!kept.has(element as HTMLTableRowElement)) element.remove()
    elements.forEach((element, index) => {
      // Moving an element takes it the focus: only those that stand elsewhere are moved.
      const there = this.#body.children[index]
      if (there !== element) this.#body.insertBefore(element, there ?? null)
    })
  }

  #update(data: Row): HTMLTableRowElement {
    const { key, columns, attributes } = this.#options
    const name = key(data)
    let element = this.#rows.get(name)
    if (element === undefined) {
      element = row('')
      element.append(...columns.map(cellOf))
      this.#rows.set(name, element)
    }
    columns.forEach((column, index) => {
      const cell = element.cells[index]!
      if (column.paint === undefined) setText(cell, column.text?.(data) ?? '')
      else column.paint(cell, data)
    })
    for (const [attribute, value] of Object.entries(attributes?.(data) ?? {})) setAttribute(element, attribute, value)
    return element
  }
}

function row(className: string): HTMLTableRowElement {
  const element = make('tr', className)
  element.setAttribute('role', 'row')
  return element
}

function cellOf({ title, numeric }: { title: string; numeric?: boolean }): HTMLTableCellElement {
  const cell = make('td', numeric === true ? 'number' : '')
  cell.setAttribute('role', 'cell')
  cell.dataset['title'] = title
  return cell
}
