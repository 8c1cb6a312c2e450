// `npm run docs:lesson`: writes the tables of the lesson in docs/concepts and docs/es/concepts, from what
// `evenloop compare --json` has left in docs/figures.
import { writeFileSync } from 'node:fs'

import { inDocs, pages } from './lesson/pages.ts'

for (const { path, is, shouldBe } of pages()) if (shouldBe !== is) writeFileSync(inDocs(path), shouldBe)
