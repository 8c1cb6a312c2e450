import { RunError } from '../core/errors.ts'

/** Why an address could not be taken, and what the operator can do about it. */
export function bindError(code: string, address: string, flag: '--listen' | '--admin'): RunError {
  const cannot = `cannot listen on ${address}`
  switch (code) {
    case 'EADDRINUSE':
      return new RunError(`${cannot}: the port is in use by another program; choose another with ${flag}, or stop that one`)
    case 'EACCES':
    case 'EPERM':
      return new RunError(
        `${cannot}: no permission; ports below 1024 are privileged. Choose a higher one with ${flag}, or give the program the capability CAP_NET_BIND_SERVICE`,
      )
    case 'EADDRNOTAVAIL':
      return new RunError(`${cannot}: this machine has no such address; choose one of its own with ${flag}, 0.0.0.0 for all of them`)
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new RunError(`${cannot}: the host name cannot be resolved (${code}); name an address of this machine with ${flag}`)
    case 'EAFNOSUPPORT':
      return new RunError(`${cannot}: this machine does not support that kind of address (${code}); choose another with ${flag}`)
    default:
      return new RunError(`${cannot}: ${code}; choose another address with ${flag}`)
  }
}
