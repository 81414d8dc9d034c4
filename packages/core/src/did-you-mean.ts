import { distance } from 'fastest-levenshtein';

/**
 * `Did you mean 'nerv'? `, to begin a hint with, where one name is nearer to a misspelt one than all others; else nothing. At
 * most one letter in three is wrong.
 */
export function didYouMean(misspelt: string, names: readonly string[]): string {
  const distances = names.map((name) => distance(misspelt, name));
  const least = Math.min(...distances);
  const [nearest, ...others] = names.filter((_, i) => distances[i] === least);
  return least <= Math.ceil(misspelt.length / 3) && nearest !== undefined && others.length === 0
    ? `Did you mean '${nearest}'? `
    : '';
}
