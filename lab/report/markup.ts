/** HTML or SVG that may be written as it stands. Only `markup` makes it, so that whatever came from elsewhere is text. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What may stand in a template: text is escaped, markup is not, nothing is left out. */
export type Part = Html | string | number | false | undefined | readonly Part[]

/** Markup from a template. Names of routes, apps and files reach the page through it alone, as text. */
export const markup = (literals: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(literals.map((literal, at) => literal + written(parts[at])).join(''))

function written(part: Part): string {
  if (part === undefined || part === false) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(written).join('')
  return String(part).replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
