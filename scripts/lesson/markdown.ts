import type { Language } from './words.ts'

/** A number as people of that language write it; a dash where there is none. */
export function figure(value: number | undefined, digits: number, language: Language): string {
  if (value === undefined || !Number.isFinite(value)) return '–'
  const text = value.toFixed(digits)
  return language === 'es' ? text.replace('.', ',') : text
}

/** A table whose first so many columns are words and the rest numbers. */
export function table(head: readonly string[], lines: readonly (readonly string[])[], wordColumns = 1): string {
  const rule = head.map((_, column) => (column < wordColumns ? '---' : '---:'))
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** The page with what stands between the marks NAME:begin and NAME:end replaced. @throws where the page has no such marks */
export function withBlock(page: string, name: string, block: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`no marks for the block "${name}": write ${begin} and ${end} where it belongs`)
  return `${page.slice(0, from)}${begin}\n\n${block}\n\n${page.slice(to)}`
}
