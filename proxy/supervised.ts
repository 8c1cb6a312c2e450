import { shareOfCap } from '../config/concurrency.ts'
import type { BalancerOptions } from '../config/roles.ts'
import { parseAddress } from '../core/address.ts'
import type { BalancerToSupervisor, EndpointSpec, SupervisorToBalancer } from '../core/messages.ts'
import type { EndpointIdentity } from './balancing/endpoint.ts'
import type { Proxy } from './proxy.ts'

const reportEveryMs = 500

/** The process's IPC channel, or a stand-in for it. */
export interface Channel {
  send(message: BalancerToSupervisor): void
  onMessage(listener: (message: SupervisorToBalancer, handle: unknown) => void): void
  /** The supervisor is gone. */
  onClosed(listener: () => void): void
}

/**
 * Does what the supervisor says, and tells it what it must know. Resolves when the balancer has drained, because it was
 * told to or because its supervisor is gone.
 */
export function obey(proxy: Proxy, options: BalancerOptions, channel: Channel): Promise<void> {
  const report = setInterval(() => channel.send({ type: 'report', report: proxy.report() }), reportEveryMs)
  return new Promise((resolve) => {
    const drain = (limitMs: number) => void proxy.drain(limitMs).then(resolve)
    channel.onClosed(() => drain(options.settings.drainTimeout))
    channel.onMessage((message, handle) => {
      if (message.type === 'listen') void listen(proxy, channel, handle as object)
      else if (message.type === 'collect') channel.send({ type: 'metrics', ask: message.ask, metrics: proxy.metrics.read() })
      else if (message.type === 'explain') channel.send({ type: 'decision', ask: message.ask, decision: proxy.explain(message) })
      else if (message.type === 'drain') drain(message.limitMs)
      else {
        proxy.apply(message.endpoints.map((spec) => identityOf(spec, options.balancers)))
        channel.send({ type: 'applied', version: message.version })
      }
    })
  }).finally(() => clearInterval(report)) as Promise<void>
}

async function listen(proxy: Proxy, channel: Channel, handle: object): Promise<void> {
  try {
    const { address, port } = await proxy.listen(handle)
    channel.send({ type: 'listening', host: address, port })
  } catch (error) {
    channel.send({ type: 'failed', error: { message: (error as Error).message } })
  }
}

function identityOf(spec: EndpointSpec, balancers: number): EndpointIdentity {
  const address = parseAddress(spec.address)
  if (address === undefined) throw new TypeError(`the supervisor named an endpoint that cannot be: ${spec.address}`)
  const cap = shareOfCap(spec.concurrency, balancers)
  const { key, loop, node, state, hungBy, forBlocking } = spec
  return { key, loop, address, node, cap, state, hungBy, forBlocking }
}
