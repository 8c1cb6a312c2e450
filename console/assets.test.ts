import { expect, test } from 'vitest'

import { consoleAssets, consoleHeaders } from './assets.ts'

const text = (path: string): string => consoleAssets.get(path)!.body.toString()

test('everything that the page and its modules load is there, and nothing is from elsewhere', () => {
  const page = text('/')
  const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!)
  for (const path of consoleAssets.keys()) {
    if (!path.endsWith('.js')) continue
    loaded.push(...[...text(path).matchAll(/^import .*from '\.\/([^']+)'/gm)].map(([, name]) => `/console/${name}`))
  }
  expect(loaded.length).toBeGreaterThan(20)
  expect(loaded.filter((path) => !consoleAssets.has(path))).toEqual([])
})

test('the page has neither inline script nor inline style, which its policy forbids', () => {
  expect(consoleHeaders['content-security-policy']).not.toContain('unsafe')
  expect(text('/')).not.toMatch(/ style=|<style| on\w+=|<script(?![^>]* src=)/)
})

test('no text is ever made markup', () => {
  const own = [...consoleAssets.keys()].filter((path) => path.endsWith('.js') && path !== '/console/uplot.js')
  expect(own.filter((path) => /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/.test(text(path)))).toEqual([])
})

test('each has the type that a browser needs to take it', () => {
  expect(consoleAssets.get('/')!.type).toBe('text/html; charset=utf-8')
  expect(consoleAssets.get('/console/main.js')!.type).toBe('text/javascript; charset=utf-8')
  expect(consoleAssets.get('/console/uplot.css')!.type).toBe('text/css; charset=utf-8')
})
