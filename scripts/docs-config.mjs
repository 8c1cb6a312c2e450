// Writes the tables of docs/configuration.md from the schema: "npm run docs" after a change of it. Needs dist/, which
// that command builds.
import { readFileSync, writeFileSync } from 'node:fs'

import { configReference } from '../dist/config/reference.js'

const file = new URL('../docs/configuration.md', import.meta.url)
const [before, after] = ['<!-- keys: begin', '<!-- keys: end -->']
const text = readFileSync(file, 'utf8')
const head = text.slice(0, text.indexOf('\n', text.indexOf(before)))
writeFileSync(file, `${head}\n\n${configReference()}\n\n${text.slice(text.indexOf(after))}`)
