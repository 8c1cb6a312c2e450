import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { fileNames, namedFile, readConfigFile } from './file.ts'

let cwd: string
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'evenloop-'))))
afterEach(() => rmSync(cwd, { recursive: true }))

const write = (name: string, text: string): string => {
  writeFileSync(join(cwd, name), text)
  return join(cwd, name)
}
const read = (name?: string) => readConfigFile(cwd, name === undefined ? undefined : namedFile(name, {}))

describe('a configuration file', () => {
  it('is not needed', async () => expect(await read()).toBeUndefined())

  it('is looked for under each of its names, in order', async () => {
    for (const name of [...fileNames].reverse()) {
      const path = write(name, name.endsWith('json') ? '{}' : name.includes('.y') ? 'loops: 1' : 'export default {}')
      expect((await read())?.path).toBe(path)
    }
  })

  it.each([
    ['a.json', '\uFEFF{ "loops": 2 }'],
    ['a.yaml', 'loops: 2 # two'],
    ['a.yml', '%YAML 1.2\n---\n{ loops: 2 }'],
    ['a.mjs', 'export default { loops: 2 }'],
    ['b.mjs', 'export default async () => ({ loops: 2 })'],
    ['a.js', 'module.exports = { loops: 2 }'],
    ['a.ts', 'interface A { loops: number }\nexport default { loops: 2 } satisfies A'],
    ['b.ts', 'export default (): { loops: number } => ({ loops: 2 })'],
    ['a.mts', 'const loops: number = await Promise.resolve(2)\nexport default { loops }'],
  ])('may be %s: %j', async (name, text) => {
    write(name, text)
    expect((await read(name))?.value).toEqual({ loops: 2 })
  })

  it('knows where its keys are written', async () => {
    const yaml = write('a.yaml', '# first\nloops: 2\nlimits:\n  queue: 3\n')
    const file = await read('a.yaml')
    expect([['loops'], ['limits', 'queue'], ['nowhere'], []].map((path) => file?.where(path))).toEqual([
      `${yaml}:2:1`,
      `${yaml}:4:3`,
      yaml,
      yaml,
    ])
    const json = write('a.json', '{\n\t"limits": {\n\t\t"queue": 3\n\t}\n}')
    expect((await read('a.json'))?.where(['limits', 'queue'])).toBe(`${json}:3:3`)
  })

  it.each([
    '&a [*a]',
    `${Array.from(
      { length: 9 },
      (_, i) =>
        `a${i}: &a${i} [${
          i === 0
            ? 'x'
            : Array(9)
                .fill(`*a${i - 1}`)
                .join()
        }]`,
    ).join('\n')}`,
  ])('may not hold aliases without end: %#', async (text) => {
    write('a.yaml', text)
    await expect(read('a.yaml')).rejects.toThrow(`${join(cwd, 'a.yaml')}: an alias cannot be resolved`)
  })

  it('must exist if it is named, and be of a known kind', async () => {
    await expect(read('nope.yaml')).rejects.toThrow(
      `command line: --config is nope.yaml; accepted: a file that exists (there is no ${join(cwd, 'nope.yaml')})`,
    )
    await expect(read('a.toml')).rejects.toThrow(
      'command line: --config is a.toml; accepted: a file that ends in .json, .yaml, .yml, .ts, .mts, .js, .mjs',
    )
    await expect(readConfigFile(cwd, namedFile(undefined, { EVENLOOP_CONFIG: 'nope.json' }))).rejects.toThrow(
      `environment: EVENLOOP_CONFIG is nope.json; accepted: a file that exists (there is no ${join(cwd, 'nope.json')})`,
    )
  })

  it.each([
    ['a.json', '{\n  "loops": 2,\n}', ':3:1: not valid JSON: Expected double-quoted property name'],
    ['b.json', '{ "loops": 2', ":1:13: not valid JSON: Expected ',' or '}' after property value"],
    ['c.json', '', ':1:1: not valid JSON: Unexpected end of JSON input'],
    ['d.json', '{}\n}', ':2:1: not valid JSON: Unexpected non-whitespace character'],
    ['a.yaml', 'loops: 2\nlimits: [1\n', ':3:1: not valid YAML: Flow sequence in block collection must be sufficiently indented'],
    ['b.yaml', 'loops: 2\nloops: 3\n', ':2:1: not valid YAML: Map keys must be unique'],
    ['a.mjs', "export const x = 1\n\nthrow new Error('no database')", ': failed: no database (at '],
    ['b.mjs', 'export const loops = 2', ': has no configuration; accepted: export default { … }, or a function that returns it'],
    ['a.ts', 'export default {\n  loops: = 2\n}', ':2:9: ERROR: Unexpected "="'],
  ])('that is broken, %s, is told with its place', async (name, text, message) => {
    const path = write(name, text)
    await expect(read(name)).rejects.toThrow(path + message)
  })

  it('that is a folder is told plainly', async () => {
    await expect(readConfigFile(tmpdir(), { file: cwd, key: '--config', source: 'command line' })).rejects.toThrow(
      'accepted: a file that ends in',
    )
  })
})
