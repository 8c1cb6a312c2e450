import { parseArgs } from 'node:util'

/** One load test, as asked for. */
export interface LoadRun {
  readonly script: string
  /** Where the cluster listens. */
  readonly url: string
  /** What the script reads: RATE, DURATION, P99_MS. */
  readonly numbers: Readonly<Record<string, string>>
  /** Where a Prometheus takes what k6 measures, if it shall. */
  readonly remoteWrite: string | undefined
  /** In a container even where k6 is installed. */
  readonly docker: boolean
}

export type Wish = { readonly kind: 'run'; readonly run: LoadRun } | { readonly kind: 'help' | 'list' } | Wrong
interface Wrong {
  readonly kind: 'wrong'
  readonly problem: string
}

const wrong = (problem: string): Wrong => ({ kind: 'wrong', problem })

/** What a command line asks for; `scripts` are the names that there are. */
export function readArguments(args: readonly string[], scripts: readonly string[], defaultUrl: string): Wish {
  let parsed
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: 'string', default: defaultUrl },
        rate: { type: 'string' },
        duration: { type: 'string' },
        p99: { type: 'string' },
        prometheus: { type: 'string' },
        docker: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    return wrong(`${(error as Error).message.split('. To specify')[0]!}. See npm run load -- --help`)
  }
  const { values, positionals } = parsed
  if (values.help) return { kind: 'help' }
  const [script, extra] = positionals
  if (script === undefined) return args.length === 0 ? { kind: 'list' } : wrong(`no script is named. There are: ${scripts.join(', ')}`)
  if (!scripts.includes(script)) return wrong(`there is no script "${script}". There are: ${scripts.join(', ')}`)
  if (extra !== undefined) return wrong(`one script at a time: "${extra}" is too much`)

  const url = httpUrl(values.url)
  if (url === undefined) return wrong(`--url is "${values.url}": give an address such as http://127.0.0.1:8080`)
  const prometheus = values.prometheus === undefined ? undefined : httpUrl(values.prometheus)
  if (values.prometheus !== undefined && prometheus === undefined) {
    return wrong(`--prometheus is "${values.prometheus}": give an address such as http://127.0.0.1:9090`)
  }
  for (const name of ['rate', 'p99'] as const) {
    const value = values[name]
    if (value !== undefined && !(Number(value) >= 1 && Number(value) < Infinity))
      return wrong(`--${name} is "${value}": give a number from 1 on`)
  }
  if (values.duration !== undefined && !/^(?=\d)(\d+h)?(\d+m)?(\d+s)?$/.test(values.duration)) {
    return wrong(`--duration is "${values.duration}": give hours, minutes, seconds, for instance 30s, 5m or 1h30m`)
  }
  const numbers = { RATE: values.rate, DURATION: values.duration, P99_MS: values.p99 }
  return {
    kind: 'run',
    run: {
      script,
      url: url.href.replace(/\/$/, ''),
      numbers: Object.fromEntries(Object.entries(numbers).filter((entry): entry is [string, string] => entry[1] !== undefined)),
      remoteWrite: prometheus && (prometheus.pathname === '/' ? new URL('/api/v1/write', prometheus) : prometheus).href,
      docker: values.docker,
    },
  }
}

function httpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined
}
