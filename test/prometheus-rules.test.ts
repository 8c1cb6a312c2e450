import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { root } from './support/program.ts'

const rules = readFileSync(join(root, 'deploy/rules/alerting.yml'), 'utf8')
const page = readFileSync(join(root, 'docs/tasks/alerts.md'), 'utf8')
const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found]) => found!)

function promtool(...args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { cwd: root, encoding: 'utf8' })
  if (error !== undefined) throw new Error('promtool does not run; Debian has it in the package prometheus', { cause: error })
  return { status, output: stdout + stderr }
}

test('Prometheus accepts its configuration and every rule', () => {
  expect(promtool('check', 'config', 'deploy/prometheus.yml')).toMatchObject({
    status: 0,
    output: expect.stringContaining('2 rule files found'),
  })
  expect(promtool('check', 'rules', 'deploy/rules/recording.yml', 'deploy/rules/alerting.yml')).toMatchObject({ status: 0 })
})

test('every alert comes when it must, and none when nobody need be woken', () => {
  expect(promtool('test', 'rules', 'deploy/rules/alerting.test.yml')).toMatchObject({ status: 0 })
})

test('the tests of the rules have every alert fire', () => {
  const tests = readFileSync(join(root, 'deploy/rules/alerting.test.yml'), 'utf8')
  const fired = new Set(all(tests, /alertname(?:="|: )(\w+)/g))
  expect(all(rules, /- alert: (\w+)/g).filter((name) => !fired.has(name))).toEqual([])
})

test('each alert has a severity, and leads to the section of the page that says what to do', () => {
  const alerts = rules.split(/^ {6}- alert: /m).slice(1)
  for (const text of alerts) {
    const name = /^\w+/.exec(text)![0]
    expect(text, name).toMatch(/severity: (critical|warning)\b/)
    for (const key of ['summary', 'description']) expect(text, name).toMatch(new RegExp(`^ {10}${key}: \\S`, 'm'))
    expect(text).toContain(`runbook: docs/tasks/alerts.md#${name.toLowerCase()}\n`)
  }
  expect(all(page, /^### (\w+)$/gm).toSorted()).toEqual([...new Set(all(rules, /- alert: (\w+)/g))].toSorted())
})
