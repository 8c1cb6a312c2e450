import { figure } from '../figures.ts'
import { markup, type Html } from './markup.ts'

export type Cell = string | number | Html

/** A table that scrolls by itself where a screen is narrow. The first cell of a row is its heading. */
export interface DataTable {
  /** What it shows; read out where the table is reached by keyboard. */
  readonly caption: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

export const dataTable = ({ caption, columns, rows }: DataTable): Html =>
  markup`<div class="scrolls" role="group" aria-label="${caption}" tabindex="0">
    <table>
      <caption class="unseen">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map((column) => markup`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, ...cells]) =>
            markup`<tr>
              <th scope="row">${content(name!)}</th>
              ${cells.map(cellOf)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`

const cellOf = (cell: Cell): Html => markup`<td${typeof cell === 'string' && markup` class="in-words"`}>${content(cell)}</td>`

const content = (cell: Cell): string | Html => (typeof cell === 'number' ? figure(cell) : cell)
