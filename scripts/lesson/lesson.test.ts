import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { describe, expect, it } from 'vitest'

import type { Comparison } from '../../lab/compare/comparison.ts'
import { comparison } from '../../test/support/comparison.ts'
import { waitingTable } from './arithmetic.ts'
import { capacityBlock, choiceBlock, commonRate, costBlock, routesBlock } from './figures.ts'
import { figure, withBlock } from './markdown.ts'
import { inDocs, pages, pairs } from './pages.ts'

const named = (name: string): Comparison => ({ ...comparison(), workload: { ...comparison().workload, name } })
const figures = { io: named('io'), mixed: named('mixed') }

describe('the figures of the lesson', () => {
  it('shows what each model kept up, and a dash where it was not measured', () => {
    const io = { ...figures.io, models: figures.io.models.filter(({ model }) => model !== 'async') }
    const block = capacityBlock({ ...figures, io }, 'en')
    expect(block).toContain('| sync, processes | 8 | 620 | 620 |')
    expect(block).toContain('| async, one loop | 1 | – | 1050 |')
  })

  it('says on what machine and when each workload was measured, and how the others can be', () => {
    const block = capacityBlock(figures, 'en')
    expect(block).toContain('- `io`: 2 CPUs, Linux 6.12 x64, Node v24.11.0, evenloop 0.5.0, 2026-11-23, 8 workers for each model')
    expect(block).toContain('- `cpu`: not measured yet; `npm run docs:figures cpu`')
    const io = { ...figures.io, commit: 'abc1234' }
    expect(capacityBlock({ io }, 'es')).toContain('- `io`: 2 CPU, Linux 6.12 x64, Node v24.11.0, evenloop 0.5.0 (abc1234), ')
  })

  it('has no number where nothing was measured', () => {
    const blocks = [capacityBlock({}, 'en'), costBlock({}, 'en'), choiceBlock({}, 'en'), routesBlock({}, 'en', { pictureIsThere: false })]
    for (const block of blocks) for (const line of block.split('\n')) expect(line).toMatch(/^- `\w+`: not measured yet/)
  })

  it('compares latency at the highest rate that every model kept up', () => {
    expect(commonRate(comparison())).toBe(400)
    expect(commonRate(comparison({ rates: [1_800, 2_400] }))).toBe(1_800)
    expect(commonRate({ ...comparison(), rates: [] })).toBeUndefined()
  })

  it('calls a model overloaded where it did not keep up, instead of showing a latency', () => {
    const block = costBlock({ io: { ...comparison({ rates: [1_200, 1_800] }) } }, 'en')
    expect(block).toContain('| async, one loop | 1 | overloaded | – | – | – |')
    expect(block).toMatch(/\| hybrid \| 2 \| \d+ \| 640 \|/)
  })

  it('shows each route of the mixed workload, and the console where there is a picture of it', () => {
    const block = routesBlock(figures, 'es', { pictureIsThere: true })
    expect(block).toContain('(../../images/console-workers.png)')
    expect(block).toContain('| modelo | `GET /io?ms=10` | `GET /block?ms=50` |')
    expect(block).toMatch(/\| híbrido \| \d+,\d \| \d+,\d \|/)
  })

  it('shows which model fits, by how much, and how the queue of sync workers grows', () => {
    const block = choiceBlock(figures, 'en')
    expect(block).toContain('| `io` | hybrid with a pool | 2240 | 3.7 |')
    expect(block).toMatch(/\| 800 \| 608 \| overloaded \| overloaded \| overloaded \| \d+\.\d \|/)
  })

  it('leaves out what is no number', () => {
    expect([figure(undefined, 1, 'en'), figure(Number.NaN, 0, 'en'), figure(1.25, 2, 'es')]).toEqual(['–', '–', '1,25'])
  })
})

describe('the worked examples', () => {
  it('agree with what the text says of ten requests in service', () => {
    expect(waitingTable('en')).toContain('| 14 | 71 | 17.4 | 2.18 | 36 | 125 |')
  })
})

describe('a block', () => {
  it('takes the place of the old one, whatever is in it', () => {
    const page = 'before\n<!-- a:begin -->\nold\n<!-- a:end -->\nafter'
    expect(withBlock(page, 'a', '$& new')).toBe('before\n<!-- a:begin -->\n\n$& new\n\n<!-- a:end -->\nafter')
  })

  it('is not written where its marks are missing', () => {
    expect(() => withBlock('<!-- a:end --><!-- a:begin -->', 'a', '')).toThrow('no marks for the block "a"')
  })
})

describe('the pages of the lesson', () => {
  it.each(pages())('$path has the figures that were measured; remedy: npm run docs:lesson', ({ is, shouldBe }) => {
    expect(is).toBe(shouldBe)
  })

  it.each(pairs)('$en and $es have the same sections, tables, code and sources', ({ en, es }) => {
    const shape = (path: string): string[] =>
      text(path)
        .split('\n')
        .flatMap((line) => /^(?:#+ |\|(?: ?-+:? ?\|)+|\| |```\w*|- |\d\. |!\[)/.exec(line)?.[0] ?? [])
    expect(shape(es)).toEqual(shape(en))
  })

  it.each(pages())('$path names only sections that there are', ({ path, is }) => {
    const dead = [...is.matchAll(/\]\(([^)#:]*)#([^)]+)\)/g)].filter(([, page, section]) => {
      const titles = [...text(page === '' ? path : join(dirname(path), page!)).matchAll(/^#+ (.*)$/gm)].map(([, title]) => slug(title!))
      return !titles.includes(section!)
    })
    expect(dead.map(([link]) => link)).toEqual([])
  })

  it.each(pairs)('$en and $es lead to each other', ({ en, es }) => {
    for (const [from, to] of [
      [en, es],
      [es, en],
    ] as const) {
      const [, link] = /^\*\[.*\]\((.*)\)\*$/m.exec(text(from)) ?? []
      expect(join(dirname(from), link ?? '')).toBe(to)
    }
  })

  it.each(pairs)('$en and $es have the same drawings, with other words', ({ en, es }) => {
    const drawings = (path: string): string[] =>
      [...text(path).matchAll(/\]\(([^)]+\.svg)\)/g)].map(([, link]) =>
        text(join(dirname(path), link!)).replace(/>[^<]+<|aria-label="[^"]*"/g, ''),
      )
    expect(drawings(es)).toEqual(drawings(en))
    expect(drawings(en).length).toBeGreaterThan(0)
  })
})

/** How GitHub makes a section's address of its title. */
const slug = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- ]/gu, '')
    .replaceAll(' ', '-')

const text = (path: string): string => readFileSync(inDocs(path), 'utf8')
