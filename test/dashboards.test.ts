import { describe, expect, it, test } from 'vitest'

import { renderAll } from '../grafana/source/all.ts'

import { dashboardFiles, labelVariables, readDashboard, readDashboardText, variablesIn, type Panel } from './support/dashboards.ts'

// Grafana itself does not run here: these are the mistakes it would show as an empty, broken or unreadable panel.

const files = dashboardFiles()

test('the files are what grafana/source makes: npm run dashboards', () => {
  const rendered = renderAll()
  expect(files).toEqual(Object.keys(rendered).toSorted())
  for (const file of files) expect(readDashboardText(file) === rendered[file], `${file} is stale: npm run dashboards`).toBe(true)
})

test('each has its own address, by which the others and bookmarks find it', () => {
  expect(Object.fromEntries(files.map((file) => [file, readDashboard(file).uid]))).toEqual({
    'balancer.json': 'evenloop-balancer',
    'cluster.json': 'evenloop-cluster',
    'load-test.json': 'evenloop-load-test',
    'routes.json': 'evenloop-routes',
  })
})

describe.each(files)('%s', (file) => {
  const dashboard = readDashboard(file)
  const { panels, templating } = dashboard
  const charts = panels.filter(({ type }) => type !== 'row')

  it('opens on the last quarter of an hour, is refreshed, and leads to the others', () => {
    expect(dashboard).toMatchObject({
      time: { from: 'now-15m', to: 'now' },
      refresh: '5s',
      tags: ['evenloop'],
      editable: false,
      links: [{ type: 'dashboards', tags: ['evenloop'], includeVars: true, keepTime: true }],
    })
    expect(dashboard.description).not.toBe('')
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39)
  })

  it('numbers its panels, each once', () => {
    expect(panels.map(({ id }) => id)).toEqual(panels.map((_, i) => i + 1))
  })

  it('lays its panels side by side, in full lines, none over another, none too narrow for a laptop', () => {
    for (const { title, type, gridPos } of panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
      expect(gridPos.w, title).toBeGreaterThanOrEqual(6)
      expect(gridPos.h, title).toBeGreaterThanOrEqual(type === 'row' ? 1 : 4)
    }
    expect(panels.flatMap((panel, i) => panels.slice(i + 1).filter((other) => overlap(panel, other)))).toEqual([])
    const covered = new Map<number, number>()
    for (const { gridPos } of panels) covered.set(gridPos.y, (covered.get(gridPos.y) ?? 0) + gridPos.w)
    expect([...covered.values()].every((width) => width === 24)).toBe(true)
  })

  it('gives every panel a title of its own, an explanation and a unit', () => {
    for (const { title, description, fieldConfig } of charts) {
      expect(description ?? '', title).toMatch(/^[^$]{20,}\.$/)
      expect(fieldConfig?.defaults.unit ?? '', title).not.toBe('')
    }
    // Within a row: two rows may have a panel "Utilization".
    const titles = panels.map(
      ({ title, type }, i) => `${type === 'row' ? '' : panels.slice(0, i).findLast((each) => each.type === 'row')?.title}/${title}`,
    )
    expect(new Set(titles).size).toBe(titles.length)
  })

  it('asks the chosen data source in every query, and names every series', () => {
    for (const { title, type, datasource, targets = [] } of charts) {
      expect(targets.length, title).toBeGreaterThan(0)
      expect(datasource, title).toEqual({ type: 'prometheus', uid: '${datasource}' })
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length)
      for (const target of targets) {
        expect(target.datasource, title).toEqual(datasource)
        expect(target.expr.trim(), title).not.toBe('')
        expect(target.legendFormat ?? '', title).not.toBe('')
        expect(target.instant === true || target.range === true, title).toBe(true)
        expect(target.format, title).toBe(type === 'heatmap' ? 'heatmap' : type === 'table' ? 'table' : undefined)
      }
    }
  })

  it('uses every variable that it has, has every one that it uses, and can choose all', () => {
    const names = templating.list.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(new Set(variablesIn(JSON.stringify(dashboard)))).toEqual(new Set(names))
    for (const { type, name, label, description, allValue } of templating.list) {
      expect([name, label === undefined || description === undefined]).toEqual([name, false])
      expect([name, allValue]).toEqual([name, type === 'query' ? '.*' : undefined])
    }
    // Grafana fills them from the first to the last.
    for (const [i, { series }] of labelVariables(dashboard).entries()) {
      for (const used of variablesIn(series)) expect(names.indexOf(used)).toBeLessThan(i + 1)
    }
  })

  it('takes rates over the interval that Grafana knows to be long enough', () => {
    for (const { title, targets = [] } of charts) {
      const ranges = targets.flatMap(({ expr }) => [...expr.matchAll(/\[([^\]]*)\]/g)].map(([, range]) => range))
      expect(
        ranges.filter((range) => range !== '$__rate_interval'),
        title,
      ).toEqual([])
    }
  })
})

function overlap({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}
