// Writes the tables of docs/metrics.md from the catalogue: "npm run docs" after a change of it. Needs dist/, which that
// command builds.
import { readFileSync, writeFileSync } from 'node:fs'

import { metricReference } from '../dist/core/metrics/reference.js'

const file = new URL('../docs/metrics.md', import.meta.url)
const [before, after] = ['<!-- metrics: begin', '<!-- metrics: end -->']
const text = readFileSync(file, 'utf8')
const head = text.slice(0, text.indexOf('\n', text.indexOf(before)))
writeFileSync(file, `${head}\n\n${metricReference()}\n\n${text.slice(text.indexOf(after))}`)
