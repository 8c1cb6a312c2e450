import { createHash } from 'node:crypto'

import { chartStyle } from './chart-style.ts'
import { markup, Html } from './markup.ts'
import { pageStyle } from './page-style.ts'
import { readOutScript } from './read-out.ts'

/** A page of a report. */
export interface Page {
  readonly title: string
  /** What is found, before everything else. */
  readonly lead: Html
  readonly sections: readonly Section[]
  /** How the parts of this page look that others do not have (CSS). */
  readonly style?: string
  /** Above the title, a few words: which report this is. */
  readonly kicker?: string
  /** Below all: what wrote it, and when. */
  readonly foot?: string
}

export interface Section {
  /** For links within the page: letters and dashes. */
  readonly id: string
  readonly title: string
  readonly body: Html
}

/** A whole page in one string, which needs nothing from anywhere. It reads the same with scripts forbidden. */
export function htmlPage({ title, lead, sections, style = '', kicker, foot }: Page): string {
  const styles = pageStyle + chartStyle + style
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(styles)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Html(styles)}</style>
</head>
<body>
<a class="skip" href="#content">To the content</a>
<header>
${kicker !== undefined && markup`<p class="kicker">${kicker}</p>`}
<h1>${title}</h1>
${lead}
<nav aria-label="On this page"><ol>${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>
</header>
<main id="content" tabindex="-1">
${sections.map(sectionOf)}</main>
${foot !== undefined && markup`<footer><p>${foot}</p></footer>`}
<script>${new Html(readOutScript)}</script>
</body>
</html>
`.text
}

const sectionOf = ({ id, title, body }: Section): Html => markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`

/** Should a name ever get past the escaping, it still could neither run, nor style, nor fetch anything. */
const policy = (styles: string): string =>
  `default-src 'none'; img-src data:; style-src '${hash(styles)}'; script-src '${hash(readOutScript)}'; base-uri 'none'; form-action 'none'`

const hash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`
