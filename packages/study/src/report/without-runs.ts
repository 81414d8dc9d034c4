/** A sentence for what is not in a figure. @param missing names, each with the reason; at least one */
export const withoutRuns = (missing: readonly string[], what = 'run'): string =>
  `Not drawn ${missing.length === 1 ? `is 1 ${what}` : `are ${missing.length} ${what}s`}: ${missing.join('; ')}.`;
