const collator = new Intl.Collator('en', { numeric: true })

/** The order of loops by id, the same for everyone: `9` before `10`, and workers for blocking routes (`b0`) behind the loops. */
export const compareLoops = (a: string, b: string): number => collator.compare(a, b)
