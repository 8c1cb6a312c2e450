const gates = new Map()

function gate(name) {
  if (!gates.has(name)) gates.set(name, Promise.withResolvers?.() ?? withResolvers())
  return gates.get(name)
}

// Node 20 has no Promise.withResolvers.
function withResolvers() {
  const result = {}
  result.promise = new Promise((resolve) => {
    result.resolve = resolve
  })
  return result
}

/** Waits until a request has opened the gate: what was written before it must have reached the client by itself. */
export const pass = (name) => gate(name).promise

export const open = (name) => gate(name).resolve()
