/**
 * A function of a package and what it is about, as texts name it: `` `analyzeRun("photo-ffn", "canvas")` ``. `Work.word` makes of it what
 * the reader calls.
 */
export const callWords = (name: string, ...about: readonly string[]): string =>
  `\`${name}(${about.map((text) => JSON.stringify(text)).join(', ')})\``;
