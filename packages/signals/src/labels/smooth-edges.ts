import { counted, XincError } from '@xinc/core';
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
/**
 * So many values that lie on edges only are no chance: in a mask of 0 and 255; beside one area of another value; beside more
 * areas, in all and for each.
 */
const FEWEST_EDGES = { mask: 1, object: 8, areas: 16, perArea: 3 };
/** The outer parts of the range between areas that are not its middle. */
const MIDDLE = 0.2;
/** What antialiased masks have inside. */
const FULL: readonly number[] = [255, 65_535];
/** An area of less than this share of all pixels is small. */
const SMALL = 0.005;
/**
 * Lossy compression leaves values as far as `reach` from 0 and 255, on either side `fewest` or more. It may shift areas
 * themselves a little; what it leaves beyond has no more than `share` of the pixels.
 */
const RINGING = { reach: 32, fewest: 3, shift: 4, share: 0.05 };

/** Finds out whether a map was drawn with antialiasing, enlarged smoothly or stored with loss; `undefined` if not. */
export function findSmoothEdges(survey: Survey): Smoothed | undefined {
  const total = [...survey.values()].reduce((sum, { pixels }) => sum + pixels, 0);
  const [solid, edges, thin]: number[][] = [[], [], []];
  const largest = Math.max(...survey.keys());
  for (const [value, count] of survey) {
    const full = value === largest && FULL.includes(value);
    (full ? solid : kindOf(count, total, { solid, edges, thin })).push(value);
  }
  if (isLossyMask(survey, solid, total)) {
    const others = [...survey.keys()].filter((value) => value !== 0 && value !== 255).sort((a, b) => a - b);
    return { solid: [0, 255], edges: others, share: others.reduce((sum, v) => sum + survey.get(v)!.pixels, 0) / total };
  }
  const others = [...edges, ...thin].sort((a, b) => a - b);
  const share = others.reduce((sum, value) => sum + survey.get(value)!.pixels, 0) / total;
  solid.sort((a, b) => a - b);
  const enough = edges.length >= Math.max(thin.length, fewestEdges(solid)) && solid.length > 1;
  return enough && reachMiddle(edges, solid) && share < MOST_EDGES ? { solid, edges: others, share } : undefined;
}

/** How many values on edges are no chance: thin objects between others look like edges, too. */
function fewestEdges(solid: readonly number[]): number {
  if (solid.length > 2) return Math.max(FEWEST_EDGES.areas, FEWEST_EDGES.perArea * solid.length);
  return solid[0] === 0 && FULL.includes(solid[1]) ? FEWEST_EDGES.mask : FEWEST_EDGES.object;
}

/** Whether any lies well between the values of areas, as those of edges do; small ids beside a void of 255 do not. */
function reachMiddle(edges: readonly number[], solid: readonly number[]): boolean {
  const [low, high] = [solid[0], solid.at(-1)!];
  return edges.some((value) => value > low + MIDDLE * (high - low) && value < high - MIDDLE * (high - low));
}

/** Whether values are those of a mask of 0 and 255 that was stored with loss: many near either, areas of none else. */
function isLossyMask(survey: Survey, solid: readonly number[], total: number): boolean {
  const { reach, fewest, shift, share } = RINGING;
  const values = [...survey.keys()];
  if (Math.min(...values) < 0 || Math.max(...values) > 255) return false;
  const distance = (value: number) => Math.min(value, 255 - value);
  const low = values.filter((value) => value > 0 && value <= reach);
  const high = values.filter((value) => value < 255 && value >= 255 - reach);
  const areas = [...survey].reduce((sum, [value, { pixels }]) => sum + (distance(value) <= shift ? pixels : 0), 0);
  if (areas < (1 - MOST_EDGES) * total) return false;
  const small = [...survey].every(([value, { pixels }]) => distance(value) <= shift || pixels <= share * total);
  return low.length >= fewest && high.length >= fewest && small && solid.every((value) => distance(value) <= reach);
}

function kindOf<T>({ pixels, inner, between }: ValueCount, total: number, kinds: { solid: T; edges: T; thin: T }): T {
  const small = pixels < SMALL * total;
  // A few pixels of an edge may by chance lie together.
  if (inner >= SOLID_INNER * pixels && !(small && between >= EDGE_BETWEEN * (pixels - inner))) return kinds.solid;
  return between >= EDGE_BETWEEN * pixels ? kinds.edges : kinds.thin;
}

/**
 * What the values of smooth edges become: of two areas, that of the nearer value.
 * @throws XincError `invalid-file` if there are more than two areas, between which a value in between may mean anything
 */
export function sharpen(
  path: string,
  { solid, edges, share }: Smoothed,
): { values: Map<number, number>; note: string } {
  const count = counted(edges.length, 'value');
  const [low, high, ...more] = solid;
  if (more.length > 0) {
    throw new XincError(
      'invalid-file',
      `${path}: ${count} lie only on the borders between others, as smooth edges and lossy compression make them, and belong to no object`,
      {
        subject: path,
        hint: 'Save the labels without antialiasing, resized by nearest neighbour, and without loss.',
      },
    );
  }
  return {
    values: new Map(edges.map((value) => [value, 2 * value < low + high ? low : high])),
    note: `${count} between ${low} and ${high} come of smooth edges or lossy compression (${(100 * share).toFixed(1)} % of the pixels) and became the nearer of the two; a JSON file beside the labels that names them keeps them`,
  };
}
