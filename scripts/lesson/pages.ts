import { existsSync, readFileSync } from 'node:fs'

import type { Comparison } from '../../lab/compare/comparison.ts'
import { coreTable, scalingTable, waitingTable } from './arithmetic.ts'
import { capacityBlock, choiceBlock, costBlock, routesBlock, workloads, type Figures } from './figures.ts'
import { withBlock } from './markdown.ts'
import { languages, type Language } from './words.ts'

const docs = new URL('../../docs/', import.meta.url)

export const inDocs = (path: string): URL => new URL(path, docs)

/** The pages of the lesson in both languages, and what of them is written by `npm run docs:lesson`. */
const lesson: readonly { readonly en: string; readonly es: string; readonly blocks: (language: Language) => Record<string, string> }[] = [
  {
    en: 'concepts/models.md',
    es: 'es/concepts/modelos.md',
    blocks: (language) => ({ figures: capacityBlock(figures, language) }),
  },
  {
    en: 'concepts/tasks-and-loops.md',
    es: 'es/concepts/tareas-y-bucles.md',
    blocks: (language) => ({
      figures: routesBlock(figures, language, { pictureIsThere: existsSync(inDocs('images/console-workers.png')) }),
    }),
  },
  {
    en: 'concepts/coroutines-and-greenlets.md',
    es: 'es/concepts/corrutinas-y-greenlets.md',
    blocks: (language) => ({ figures: costBlock(figures, language) }),
  },
  {
    en: 'concepts/choosing.md',
    es: 'es/concepts/elegir.md',
    blocks: (language) => ({
      figures: choiceBlock(figures, language),
      core: coreTable(language),
      waiting: waitingTable(language),
      scaling: scalingTable(language),
    }),
  },
]

const figures: Figures = Object.fromEntries(
  workloads.flatMap((name) => {
    const file = inDocs(`figures/${name}.json`)
    return existsSync(file) ? [[name, JSON.parse(readFileSync(file, 'utf8')) as Comparison]] : []
  }),
)

/** The paths of each page and of its translation, below docs/. */
export const pairs: readonly Readonly<Record<Language, string>>[] = lesson.map(({ en, es }) => ({ en, es }))

/** Every page as it is and as it should be. */
export const pages = (): { readonly path: string; readonly is: string; readonly shouldBe: string }[] =>
  lesson.flatMap((page) =>
    languages.map((language) => {
      const is = readFileSync(inDocs(page[language]), 'utf8')
      const shouldBe = Object.entries(page.blocks(language)).reduce((text, [name, block]) => withBlock(text, name, block), is)
      return { path: page[language], is, shouldBe }
    }),
  )
