const routes = [
  ['/io?ms=100', 'waits for a timer, as for a database: the loop stays free'],
  ['/cpu?ms=100', 'burns CPU: the loop serves nothing else meanwhile'],
  ['/block?ms=100', 'blocks without CPU, as a synchronous call does'],
  ['/stream', 'five pieces, a fifth of a second apart, in one chunked response'],
  ['/sse?n=10', 'ten server-sent events; without n they never end'],
  ['/echo?a=1', 'any method: sends back method, url, headers and body'],
]

const css = `
  :root { color-scheme: light dark }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 10vh auto; padding: 0 1.5rem }
  h1 { font-weight: 600; letter-spacing: -.02em; margin-bottom: 0 }
  td { padding: .25rem 1.25rem .25rem 0; vertical-align: top }
  code, a { font-family: ui-monospace, monospace; font-size: .9em }
  small { opacity: .7 }`

/** The demo's front page: who served it, and where to click next. */
export const page = ({ loop, pid }) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>evenloop demo</title>
<style>${css}
</style>
<h1>Hello from loop ${loop}</h1>
<p><small>Process ${pid}. Reload: another loop may answer.</small></p>
<table>
${routes.map(([path, text]) => `<tr><td><a href="${path}">${path}</a><td>${text}`).join('\n')}
<tr><td><code>/ws</code><td>WebSocket that sends back what it gets
<tr><td><code>POST /upload</code><td>counts and hashes a body of any size: <code>curl -T FILE -X POST …/upload</code>
</table>
</html>
`
