/** A function of this package and what it is about, as texts name it: `` `analyzeRun("photo-ffn", "canvas")` ``. */
export const callWords = (name: 'analyzeRun', ...about: readonly string[]): string =>
  `\`${name}(${about.map((text) => JSON.stringify(text)).join(', ')})\``;
