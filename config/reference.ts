import { describeAccepted } from './accepted.ts'
import { printDefault } from './describe-key.ts'
import { type ConfigKey, configKeys, sectionNames } from './keys.ts'

/** Every key as Markdown tables, for docs/configuration.md. */
export function configReference(): string {
  const groups = [undefined, ...sectionNames]
  return groups
    .map((section) =>
      table(
        section,
        configKeys.filter((key) => key.section === section),
      ),
    )
    .join('\n\n')
}

function table(section: string | undefined, keys: readonly ConfigKey[]): string {
  const title = section === undefined ? '### At the top' : `### \`${section}\``
  const rows = keys.map(({ path, flag, variable, schema }) => {
    const fallback = printDefault(schema)
    const names = `\`${path}\`<br>\`${flag}\`<br>\`${variable}\``
    return `| ${names} | ${fallback === undefined ? '' : `\`${fallback}\``} | ${escape(schema.description ?? '')} Accepted: ${escape(describeAccepted(schema))}. |`
  })
  return [title, '', '| key, flag, variable | default | meaning |', '|---|---|---|', ...rows].join('\n')
}

const escape = (text: string): string => text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('_', '\\_').replaceAll('<', '&lt;')
