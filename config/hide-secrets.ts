import { configKeys } from './keys.ts'
import { hidden } from './layer.ts'
import type { Settings } from './schema.ts'

/** The settings as they may be shown: what must stay secret is replaced. */
export function hideSecrets(settings: Settings): Settings {
  const shown = structuredClone(settings)
  for (const { path, section, schema } of configKeys) {
    if (schema.secret !== true) continue
    const group = (section === undefined ? shown : shown[section as keyof Settings]) as Record<string, unknown>
    const name = path.split('.').at(-1)!
    if (group[name] !== undefined) group[name] = hidden
  }
  return shown
}
