import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { allMetrics } from '../core/metrics/catalog.ts'
import { metricReference } from '../core/metrics/reference.ts'
import { root } from './support/program.ts'

const list = (...patterns: readonly string[]): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '')

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** Every name of a series that there can be. */
const names = new Set(
  allMetrics.flatMap(({ name, type }) => (type === 'histogram' ? ['', '_bucket', '_sum', '_count'].map((end) => name + end) : [name])),
)

/** Metrics that a text names; not the ones that a recording rule makes, whose names have a colon before and after. */
const named = (text: string): string[] =>
  [...text.matchAll(/(?<![\w:])evenloop_(?:loop|proxy|route|build)_\w+(?![\w:*])/g)].map(([name]) => name)

const dashboards = list('grafana/dashboards/*.json')
const rules = list('deploy/rules/*.yml')
const pages = list('*.md', ':!CHANGELOG.md', ':!test/programs/**', ':!bench/peers/**')

test.each([
  ['dashboard', dashboards],
  ['rule', rules],
  ['page', pages],
])('every metric that a %s names is one that the code counts', (_kind, files) => {
  expect(files.length).toBeGreaterThan(0)
  const unknown = files.flatMap((file) =>
    named(read(file))
      .filter((name) => !names.has(name))
      .map((name) => `${file} names ${name}`),
  )
  expect([...new Set(unknown)]).toEqual([])
})

test('docs/metrics.md is what the catalogue says: npm run docs', () => {
  expect(read('docs/metrics.md')).toContain(`-->\n\n${metricReference()}\n\n<!-- metrics: end -->`)
})

test('an alert that the catalogue asks for is in the rules', () => {
  const there = new Set(rules.flatMap((file) => [...read(file).matchAll(/- alert: (\w+)/g)].map(([, name]) => name!)))
  expect(allMetrics.flatMap(({ alert }) => (alert === undefined || there.has(alert.name) ? [] : [alert.name]))).toEqual([])
})

test('names are in base units, and tell their type as Prometheus wants', () => {
  for (const { name, type, unit, labels } of allMetrics) {
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter'])
    if (unit === 'seconds' || unit === 'bytes') expect(name).toMatch(new RegExp(`_${unit}(_total)?$`))
    expect(new Set(labels).size).toBe(labels.length)
  }
  expect(new Set(allMetrics.map(({ name }) => name)).size).toBe(allMetrics.length)
})
