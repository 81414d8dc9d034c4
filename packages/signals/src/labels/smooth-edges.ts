import { XincError } from '@xinc/core';
import type { Survey, ValueCount } from './survey.js';

/** Values that areas consist of, and those in between that only their borders have. */
interface Smoothed {
  /** Ascending. */
  readonly solid: readonly number[];
  readonly edges: readonly number[];
  /** Share of all pixels that the edges have. */
  readonly share: number;
}

/** From this share of pixels inside on, a value is one that areas consist of. */
const SOLID_INNER = 0.3;
/** From this share of pixels in between on, a value that is not is one of edges. */
const EDGE_BETWEEN = 0.5;
/** A map in which edges take more than this is not one with smooth edges. */
const MOST_EDGES = 0.5;
/** That so many values lie on edges only is no chance. Of a mask of 0 and 255, a single one is not. */
const FEWEST_EDGES = 3;
/** What antialiased masks have inside. */
const FULL: readonly number[] = [255, 65_535];

/** Finds out whether a map was drawn with antialiasing, enlarged smoothly or stored with loss; `undefined` if not. */
export function findSmoothEdges(survey: Survey): Smoothed | undefined {
  const total = [...survey.values()].reduce((sum, { pixels }) => sum + pixels, 0);
  const [solid, edges, thin]: number[][] = [[], [], []];
  for (const [value, count] of survey) kindOf(count, { solid, edges, thin }).push(value);
  const others = [...edges, ...thin].sort((a, b) => a - b);
  const share = others.reduce((sum, value) => sum + survey.get(value)!.pixels, 0) / total;
  solid.sort((a, b) => a - b);
  const mask = solid.length === 2 && solid[0] === 0 && FULL.includes(solid[1]);
  const enough = edges.length >= (mask ? 1 : FEWEST_EDGES) && edges.length >= thin.length;
  return enough && solid.length > 1 && share < MOST_EDGES ? { solid, edges: others, share } : undefined;
}

function kindOf<T>({ pixels, inner, between }: ValueCount, kinds: { solid: T; edges: T; thin: T }): T {
  if (inner >= SOLID_INNER * pixels) return kinds.solid;
  return between >= EDGE_BETWEEN * pixels ? kinds.edges : kinds.thin;
}

/**
 * What the values of smooth edges become: of two areas, that of the nearer value.
 * @throws XincError `invalid-file` if there are more than two areas, between which a value in between may mean anything
 */
export function sharpen(path: string, { solid, edges, share }: Smoothed): { values: Map<number, number>; note: string } {
  const count = `${edges.length} ${edges.length === 1 ? 'value' : 'values'}`;
  const [low, high, ...more] = solid;
  if (more.length > 0) {
    throw new XincError(
      'invalid-file',
      `${path}: ${count} lie only on the borders between ${solid.length} others, as antialiasing, smooth resizing and JPEG make them, and do not say which object they belong to`,
      {
        subject: path,
        hint: 'Save the labels without antialiasing, resized by nearest neighbour, and without loss.',
      },
    );
  }
  return {
    values: new Map(edges.map((value) => [value, 2 * value < low + high ? low : high])),
    note: `smooth edges: ${count} between ${low} and ${high} lie only on borders (${(100 * share).toFixed(1)} % of the pixels) and became the nearer of the two`,
  };
}
