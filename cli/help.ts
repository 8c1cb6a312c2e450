import { nearest } from '../config/suggest.ts'

import type { Command } from './command.ts'
import { wrap } from './wrap.ts'

/** The page of `evenloop --help`. */
export function generalHelp(commands: readonly Command[], version: string): string {
  const width = Math.max(...commands.map((command) => command.name.length))
  return [
    `evenloop ${version}: one event loop per core behind an even front`,
    '',
    'Usage:',
    '  evenloop start APP [flags]     (or shorter: evenloop APP)',
    '  evenloop COMMAND [flags]',
    '',
    'Commands:',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    `  ${'help'.padEnd(width)}  Show this page, or that of a command: evenloop help start.`,
    '',
    'Examples:',
    ...exampleLines([
      ['evenloop start app.js', 'one loop on every core, http://127.0.0.1:8080'],
      ['evenloop start server.ts --loops 2 --listen 0.0.0.0:3000', 'TypeScript as it is'],
      ['evenloop status --watch', 'what every loop does, live'],
      ['evenloop reload', 'the new code in, loop by loop, nothing dropped'],
    ]),
    '',
    'Every key of the configuration is a flag (--limits-header-bytes), a variable (EVENLOOP_LIMITS_HEADER_BYTES) and a',
    'key of evenloop.config.{json,yaml,ts,js}; flag beats variable beats file beats default.',
    '"evenloop start --help" lists them, "evenloop --version" prints the version.',
    '',
  ].join('\n')
}

/** The page of `evenloop COMMAND --help`. */
export async function commandHelp(command: Command): Promise<string> {
  const lines = [command.summary, '', 'Usage:', `  ${command.usage}`, '']
  if (command.details !== undefined) lines.push(...wrap(command.details, 110), '')
  lines.push('Examples:', ...exampleLines(command.examples), '')
  const own = command.flags.map((flag) => ({
    head:
      flag.valueIsOptional === true
        ? `${flag.name}[=${flag.value}]`
        : [flag.name, flag.value, flag.isList === true ? '…' : undefined].filter((part) => part !== undefined).join(' '),
    text: flag.description,
  }))
  if (command.takes !== undefined) {
    const { settingsHelp } = await import('./help-settings.ts')
    lines.push(...settingsHelp(command.takes, own))
  } else if (own.length > 0) {
    const { flagLines } = await import('./flag-lines.ts')
    lines.push('Flags:', ...flagLines(own), '')
  }
  return lines.join('\n')
}

/** What to say to a command that does not exist. */
export function unknownCommand(name: string, commands: readonly Command[]): string {
  const known = [...commands.map((command) => command.name), 'help'].map((each) => ({ name: each, show: each }))
  const meant = nearest(name, known)
  const hint = meant === undefined ? 'accepted: ' + known.map((each) => each.name).join(', ') : `did you mean ${meant}?`
  return `unknown command ${name}; ${hint} (an app is named by its file: evenloop start ./${name}.js)`
}

function exampleLines(examples: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...examples.map(([line]) => line.length))
  return examples.map(([line, what]) => `  ${line.padEnd(width)}  # ${what}`)
}
