import { image, version } from './k6.ts'

/** A script's name, and what its first comment says of it. */
export interface Script {
  readonly name: string
  readonly summary: string
}

/** The scripts, one a line. */
export function listing(scripts: readonly Script[]): string {
  const width = Math.max(...scripts.map(({ name }) => name.length))
  return scripts.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')
}

export const help = (scripts: readonly Script[]): string => `npm run load -- SCRIPT [flags]

Puts a running cluster under load with k6. Start the demo in another terminal first: npm start

Scripts
${listing(scripts)}

Flags
  --url URL         the cluster (http://127.0.0.1:8080)
  --rate N          requests a second; scripts that vary the rate take it as their base
  --duration TIME   the whole length, 30s, 5m or 1h30m; the parts of a script are stretched to it
  --p99 MS          what 99 of 100 responses must stay below
  --prometheus URL  a Prometheus that also keeps what k6 measures; it needs --web.enable-remote-write-receiver
  --docker          in the container ${image}, even where k6 is installed

Exit status: that of k6, which is 99 when a threshold was crossed; 1 when the cluster does not answer; 2 for wrong
usage and without k6. Reports go to k6-results/SCRIPT.html and .json; SUMMARY_DIR names another folder.

Examples
  npm run load -- smoke
  npm run load -- mixed --rate 400 --duration 2m
  npm run load -- load --prometheus http://127.0.0.1:9090
`

export const howToGetK6 = `Any of these makes it available:
  a package:   https://grafana.com/docs/k6/latest/set-up/install-k6 (brew install k6, winget install k6, apt, dnf)
  with Go:     go install go.k6.io/k6@v${version}   (and $(go env GOPATH)/bin on the PATH)
  with Docker: start the engine; the container ${image} is then used as it is
`
