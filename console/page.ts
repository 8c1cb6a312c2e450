import { createHash } from 'node:crypto'

import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/**
 * The console: one page that needs nothing from elsewhere. Its policy allows its own script and style by their
 * hashes and nothing else, so that no text from an app can run in the operator's browser.
 */
export const consolePage: { readonly html: string; readonly headers: Readonly<Record<string, string>> } = {
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; script-src ${hash(pageScript)}; style-src ${hash(pageStyle)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  },
  html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>evenloop</title>
<style>${pageStyle}</style>
</head>
<body>
<header><h1>evenloop</h1><p id="summary" role="status">connecting…</p></header>
<main>
<section><h2>Loops</h2><div class="scroll"><table><thead id="loops-head"></thead><tbody id="loops"></tbody></table></div></section>
<section><h2>Balancers</h2><div class="scroll"><table><thead id="balancers-head"></thead><tbody id="balancers"></tbody></table></div></section>
</main>
<script>${pageScript}</script>
</body>
</html>
`,
}
