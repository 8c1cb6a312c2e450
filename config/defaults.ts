// Apart from the schema because the commands that speak to a running cluster need this one value at once, and loading
// the schema takes longer than all the rest of them.
/** The admin address where nobody named another. */
export const defaultAdmin = '127.0.0.1:9400'
