import { LONGEST_NOTE, MOST_STARS } from '@xinc/core/formats';
import type { Star } from '../api.js';

/** Stars as a run's stars.json holds them. */
export function formatStars(stars: readonly Star[]): string {
  const plain = stars.map(({ layer, neuron, note }) => ({ layer, neuron, note }));
  return `${JSON.stringify({ schema: 1, stars: plain }, undefined, 2)}\n`;
}

/** What `formatStars` wrote; anything can be in a browser's storage, so what is malformed is left out, and of a neuron that is named twice the first. */
export function parseStars(text: string): Star[] {
  try {
    const { stars } = JSON.parse(text) as { stars: unknown };
    const valid = Array.isArray(stars) ? stars.filter(isStar) : [];
    const places = new Map<string, number>();
    for (const [i, { layer, neuron }] of valid.entries()) {
      const key = `${neuron} ${layer}`;
      if (!places.has(key)) places.set(key, i);
    }
    return [...places.values()].slice(0, MOST_STARS).map((i) => valid[i]);
  } catch {
    return [];
  }
}

function isStar(entry: unknown): entry is Star {
  if (typeof entry !== 'object' || entry === null) return false;
  const { layer, neuron, note } = entry as Record<string, unknown>;
  return (
    typeof layer === 'string' &&
    layer !== '' &&
    Number.isInteger(neuron) &&
    (neuron as number) >= 0 &&
    typeof note === 'string' &&
    note.length <= LONGEST_NOTE
  );
}

/** With a star set, or with `null` for a note taken away; those that are there stay in their places. */
export function withStar(stars: readonly Star[], layer: string, neuron: number, note: string | null): readonly Star[] {
  const at = stars.findIndex((star) => star.layer === layer && star.neuron === neuron);
  if (note === null) return stars.filter((_, i) => i !== at);
  const star = { layer, neuron, note };
  return at < 0 ? [...stars, star] : stars.with(at, star);
}
