import http from 'node:http'

/** Constant traffic of GETs and POSTs, each answer's body checked. No request is repeated by the client. */
export interface Traffic {
  /** Ends it and says how many were sent and which failed. */
  stop(): Promise<{ readonly sent: number; readonly failed: readonly string[] }>
}

export function startTraffic(address: string, perSecond: number): Traffic {
  const agent = new http.Agent({ keepAlive: true })
  const failed: string[] = []
  const open = new Set<Promise<void>>()
  const started = performance.now()
  let sent = 0

  const timer = setInterval(() => {
    while (sent < ((performance.now() - started) * perSecond) / 1000) {
      const method = sent++ % 3 === 0 ? 'POST' : 'GET'
      const one = send(agent, address, method, `n=${sent}`).then(
        (problem) => void (problem === undefined || failed.push(`${method}: ${problem}`)),
      )
      open.add(one)
      void one.then(() => open.delete(one))
    }
  }, 5)

  return {
    stop: async () => {
      clearInterval(timer)
      await Promise.all(open)
      agent.destroy()
      return { sent, failed }
    },
  }
}

/** Resolves with what is wrong, or undefined. */
function send(agent: http.Agent, address: string, method: 'GET' | 'POST', mark: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const path = method === 'GET' ? '/io?ms=5' : `/echo?${mark}`
    const request = http.request(
      `http://${address}${path}`,
      { agent, method, timeout: 30_000, headers: { 'content-type': 'text/plain' } },
      (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => (body += text))
        response.on('error', (error) => resolve(error.message))
        response.on('end', () => {
          const right = response.statusCode === 200 && body.includes(method === 'GET' ? '"waited":5' : `"body":"${mark}"`)
          resolve(right ? undefined : `${response.statusCode} ${body.slice(0, 200)}`)
        })
      },
    )
    request.on('timeout', () => request.destroy(new Error('no answer in 30 s')))
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    request.end(method === 'POST' ? mark : undefined)
  })
}
