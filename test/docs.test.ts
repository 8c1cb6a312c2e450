import { existsSync, readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'

import { expect, test } from 'vitest'

import { root } from './support/program.ts'

const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  // A page that was just removed is listed until that is committed.
  .filter((page) => page !== '' && !page.startsWith('test/programs/') && existsSync(join(root, page)))

const read = (page: string): string => readFileSync(join(root, page), 'utf8')

test('every link between the pages leads somewhere', () => {
  const dead = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)]
      .map(([, to]) => join(dirname(page), to!))
      .filter((to) => !existsSync(join(root, to)))
      .map((to) => `${page} → ${to}`),
  )
  expect(dead).toEqual([])
})

test('every source file that a page names exists', () => {
  const named =
    /`((?:core|config|link|proxy|loop-node|supervisor|console|cli|lab|load|bench|test|scripts|deploy|examples|docs)\/[\w./-]+)`/g
  const gone = pages.flatMap((page) =>
    [...read(page).matchAll(named)]
      .map(([, file]) => file!)
      .filter((file) => !existsSync(join(root, file)))
      .map((file) => `${page} names ${file}`),
  )
  expect(gone).toEqual([])
})

test('every npm script that a page names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const missing = pages.flatMap((page) =>
    [...read(page).matchAll(/npm run ([\w:-]+)/g)]
      .map(([, name]) => name!)
      .filter((name) => scripts[name] === undefined)
      .map((name) => `${page}: ${name}`),
  )
  expect(missing).toEqual([])
})
