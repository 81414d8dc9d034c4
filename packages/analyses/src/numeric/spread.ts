/** At most `limit` of the items, evenly spread from the first to the last. */
export function spread<T>(items: readonly T[], limit: number): T[] {
  if (items.length <= limit) return [...items];
  if (limit === 1) return [items[0]];
  return Array.from({ length: limit }, (_, i) => items[Math.round((i * (items.length - 1)) / (limit - 1))]);
}

/**
 * At most `limit` of the indices 0 … count − 1, spread over all of them at every scale. Multiples of the golden ratio
 * never fall into step with the rows of a picture, as every k-th pixel would.
 */
export function scattered(count: number, limit: number): number[] {
  if (count <= limit) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: limit }, (_, i) => Math.floor(((i * 0.6180339887498949) % 1) * count));
}
