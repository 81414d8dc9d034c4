import { expect, test } from 'vitest';
import { type LayoutSource, loadKernels } from './index.js';

const kernels = await loadKernels();
const [REPULSIONS, MOST] = [5, 4];
const curve = { a: 1.5769, b: 0.8951 };

/** Numbers in 0 … 1 that look random. */
const drawn = (count: number, seed: number) =>
  Float64Array.from(
    { length: count },
    (_, i) => Math.abs(Math.sin(12.9898 * (i + 1) + 78.233 * seed) * 43758.5453) % 1,
  );

function source(count: number, edges: number): LayoutSource {
  const ends = (seed: number) => Int32Array.from(drawn(edges, seed), (value) => Math.floor(value * count));
  const heads = ends(1);
  return {
    points: Float32Array.from(drawn(2 * count, 3), (value) => 10 * value),
    heads,
    tails: ends(2).map((tail, e) => (tail === heads[e] ? (tail + 1) % count : tail)),
    rates: Float32Array.from(drawn(edges, 4), (value, e) => (e === 0 ? 1 : value)),
    random: Uint32Array.from(drawn(16, 5), (value) => value * 2 ** 32),
  };
}

/** xoshiro128+ of one lane of the state, as its authors write it. */
function stream(state: Uint32Array, lane: number): () => number {
  const s = [0, 1, 2, 3].map((k) => state[4 * k + lane]);
  return () => {
    const result = (s[0] + s[3]) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  };
}

/** The passes of UMAP's optimiser in float64, four edges at a time. */
function reference({ points, heads, tails, rates, random }: LayoutSource, sizes: readonly number[]): Float64Array {
  const count = points.length / 2;
  const places = Float64Array.from(points);
  const streams = [0, 1, 2, 3].map((lane) => stream(random, lane));
  const clip = (value: number) => Math.max(-MOST, Math.min(MOST, value));
  for (const [i, size] of sizes.entries()) {
    const pass = i + 1;
    const due = [...heads.keys()].filter((e) => Math.floor(pass * rates[e]) > Math.floor((pass - 1) * rates[e]));
    const groups = Math.ceil(due.length / 4);
    for (let group = 0; group < groups; group++) {
      const before = places.slice();
      const between = (from: readonly number[], to: number) => {
        const by = [0, 1].map((axis) => from[axis] - before[2 * to + axis]);
        const square = by[0] ** 2 + by[1] ** 2;
        return { by, square, raised: curve.a * square ** curve.b + 1 };
      };
      const drawnTo = [0, 1, 2, 3].map((lane) => {
        const edge = due[lane * groups + group];
        if (edge === undefined) return undefined;
        const [head, tail] = [heads[edge], tails[edge]];
        const at = [before[2 * head], before[2 * head + 1]];
        const { by, square, raised } = between(at, tail);
        const slope = square > 0 ? (-2 * curve.a * curve.b * square ** (curve.b - 1)) / raised : 0;
        const moved = by.map((value) => size * clip(slope * value));
        for (const axis of [0, 1]) places[2 * tail + axis] -= moved[axis];
        return { lane, head, moved, at: at.map((value, axis) => value + moved[axis]) };
      });
      // Points are pushed from where others are after all four edges drew their other ends.
      before.set(places);
      for (const [lane, one] of drawnTo.entries()) {
        for (let k = 0; k < REPULSIONS; k++) {
          const other = Math.floor((streams[lane]() / 2 ** 32) * count);
          if (!one || other === one.head) continue;
          const { by, square, raised } = between(one.at, other);
          const slope = (2 * curve.b) / ((0.001 + square) * raised);
          for (const axis of [0, 1]) one.moved[axis] += size * (square > 0 ? clip(slope * by[axis]) : MOST);
        }
        if (one) for (const axis of [0, 1]) places[2 * one.head + axis] += one.moved[axis];
      }
    }
  }
  return places;
}

test.each([
  [5, 1],
  [9, 4],
  [40, 37],
  [300, 1001],
])("%i points with %i edges are moved as UMAP's optimiser moves them", (count, edges) => {
  const given = source(count, edges);
  const sizes = [0.3, 0.2, 0.1];
  const layout = kernels.openLayout(given);
  // Powers are right to 1.2e-6, and a move is of at most a few units; what differs grows from pass to pass.
  for (const [i, most] of [2e-5, 2e-4, 1e-3].entries()) {
    layout.pass(i + 1, sizes[i], curve);
    const expected = reference(given, sizes.slice(0, i + 1));
    for (const [k, value] of layout.points().entries()) expect(Math.abs(value - expected[k])).toBeLessThan(most);
  }
  expect(layout.points().some((value, i) => Math.abs(value - given.points[i]) > 0.05)).toBe(true);
  layout.dispose();
});

test('points in the same place are pushed apart, and one alone stays', () => {
  const layout = kernels.openLayout({ ...source(2, 1), points: new Float32Array(4), heads: Int32Array.of(0) });
  layout.pass(1, 1, curve);
  const [x, y, ...other] = layout.points();
  expect(x).toBeGreaterThan(0);
  expect([y, ...other]).toEqual([x, 0, 0]);
  layout.dispose();
});

test('edges that fit no points, and lists of unlike lengths, are refused', () => {
  const given = source(5, 3);
  expect(() => kernels.openLayout({ ...given, tails: Int32Array.of(0, 5, 1) })).toThrow(
    'An edge names none of the 5 points',
  );
  expect(() => kernels.openLayout({ ...given, rates: new Float32Array(2) })).toThrow(
    'A layout of 3 edges has 3 other ends, 2 rates and 16 random numbers',
  );
});
