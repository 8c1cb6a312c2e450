// Writes grafana/dashboards from grafana/source: `npm run dashboards` after a change there.
import { writeFileSync } from 'node:fs'

import { renderAll } from '../grafana/source/all.ts'

for (const [file, text] of Object.entries(renderAll())) writeFileSync(new URL(`../grafana/dashboards/${file}`, import.meta.url), text)
