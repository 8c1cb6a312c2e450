import { readFileSync } from 'node:fs'

import { RunError } from '../core/errors.ts'

/** The setting `link`: a text and paths of PEM files. */
export interface LinkSettings {
  readonly secret?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly ca?: string | undefined
}

/** What links over TCP are guarded with, at either end; unix sockets are guarded by the permission of their file. */
export interface LinkSecurity {
  readonly secret: string | undefined
  /** PEM text. The loop speaks TLS where it has one. */
  readonly certificate: { readonly cert: string; readonly key: string } | undefined
  /** PEM text. The balancer speaks TLS where it has one. */
  readonly ca: string | undefined
}

export const noSecurity: LinkSecurity = { secret: undefined, certificate: undefined, ca: undefined }

/** @throws RunError for a file that cannot be read, and for a certificate without its key or a key without its certificate */
export function readSecurity(settings: LinkSettings): LinkSecurity {
  const { secret } = settings
  const cert = readPem('link.cert', settings.cert)
  const key = readPem('link.key', settings.key)
  if ((cert === undefined) !== (key === undefined)) {
    const [given, missing] = cert === undefined ? ['link.key', 'link.cert'] : ['link.cert', 'link.key']
    throw new RunError(`${given} is set and ${missing} is not; TLS needs both`)
  }
  const certificate = cert === undefined || key === undefined ? undefined : { cert, key }
  return { secret, certificate, ca: readPem('link.ca', settings.ca) }
}

function readPem(name: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new RunError(`${name} is ${path}, which cannot be read: ${(error as Error).message}`)
  }
  // TLS takes a file without a certificate for an empty list, and trusts nobody without a word of why.
  if (!text.includes('-----BEGIN ')) throw new RunError(`${name} is ${path}, which is no PEM file: it has no line -----BEGIN …-----`)
  return text
}
