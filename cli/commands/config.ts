import { UsageError } from '../../core/errors.ts'

import type { ConfigKey } from '../../config/keys.ts'
import type { Loaded } from '../../config/load.ts'

import { type Call, type Command, configFlag, jsonFlag } from '../command.ts'
import { settingsOf } from '../settings.ts'
import { renderTable } from '../table.ts'

const actions = 'check, print or schema'

export const config: Command = {
  name: 'config',
  usage: 'evenloop config check [FILE] | print [--json] | schema',
  summary: 'Check a configuration, show what is in force and why, or print its JSON Schema.',
  examples: [
    ['evenloop config check evenloop.config.yaml', 'every mistake at once; exit status 2 if there is one'],
    ['evenloop config print', 'each key, its value, and where that was read'],
    ['evenloop config schema > evenloop.schema.json', 'for editors: name it as "$schema" in a JSON file'],
  ],
  flags: [jsonFlag, configFlag],
  takes: () => true,
  async run(call) {
    const [action, file, extra] = call.args.positionals
    if (extra !== undefined || (file !== undefined && action !== 'check'))
      throw new UsageError(`evenloop config: too many arguments; accepted: ${this.usage}`)
    if (action === 'check') return await check(call, this, file)
    if (action === 'print') return await print(call, this)
    if (action === 'schema') return await schema(call)
    throw new UsageError(`evenloop config ${action ?? 'alone'} is no command; accepted: evenloop config ${actions}`)
  },
}

async function check(call: Call, command: Command, file: string | undefined): Promise<number> {
  const own = file === undefined ? call.args.own : new Map([...call.args.own, ['--config', [file]]])
  const loaded = await settingsOf({ ...call, args: { ...call.args, own } }, command, { app: 'optional' })
  const text = loaded.file === undefined ? 'no configuration file found; flags and variables are ok' : `${loaded.file}: ok`
  call.terminal.out(call.args.own.has('--json') ? `${JSON.stringify({ ok: true, file: loaded.file ?? null })}\n` : `${text}\n`)
  return 0
}

async function print(call: Call, command: Command): Promise<number> {
  const loaded = await settingsOf(call, command, { app: 'optional' })
  const { configKeys } = await import('../../config/keys.ts')
  const { hideSecrets } = await import('../../config/hide-secrets.ts')
  const shown = { ...loaded, settings: hideSecrets(loaded.settings) }
  const text = call.args.own.has('--json') ? JSON.stringify(shown.settings, null, 2) : printed(shown, configKeys, call.terminal.hasColours)
  call.terminal.out(`${text}\n`)
  return 0
}

async function schema(call: Call): Promise<number> {
  const { configJsonSchema } = await import('../../config/json-schema.ts')
  call.terminal.out(`${JSON.stringify(configJsonSchema(), null, 2)}\n`)
  return 0
}

function printed({ settings, origins }: Loaded, keys: readonly ConfigKey[], hasColours: boolean): string {
  const rows = keys.map(({ path }) => {
    const value = path.split('.').reduce<unknown>((group, name) => (group as Record<string, unknown>)[name], settings)
    const { key, source } = origins.get(path) ?? { key: path, source: 'default' }
    const isDefault = source === 'default'
    const from = isDefault || key === path ? source : key
    return [
      { text: path },
      { text: value === undefined ? '' : JSON.stringify(value) },
      { text: from, colour: isDefault ? ('dim' as const) : ('bold' as const) },
    ]
  })
  return renderTable([{ title: 'KEY' }, { title: 'VALUE' }, { title: 'FROM' }], rows, hasColours).join('\n')
}
