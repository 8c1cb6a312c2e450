import type { Condition } from './cluster-view.ts'
import { make, setText } from './dom.ts'

/** Conditions by a sign and a word, since not everyone sees the colour. */
export const conditions: Readonly<Record<Condition, string>> = {
  ready: '●',
  starting: '◔',
  draining: '◑',
  dead: '✕',
  blocked: '■',
  busy: '▣',
}

export const conditionText = (condition: Condition): string => `${conditions[condition]} ${condition}`

/** Shows a condition in a cell of a table, by sign, word and colour. */
export function paintCondition(cell: HTMLTableCellElement, condition: Condition): void {
  if (cell.firstElementChild === null) cell.append(make('span'))
  cell.firstElementChild!.className = `condition ${condition}`
  setText(cell.firstElementChild!, conditionText(condition))
}
