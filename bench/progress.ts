/** For whoever waits: results go to standard output alone. */
export const progress = (text: string): void => void process.stderr.write(`${text}\n`)
