import { expect, test } from 'vitest';
import { type Layout, type LayoutPart, type LayoutSource, loadKernels } from './index.js';
import { divideEdges, ROUNDS } from './layout-division.js';

const kernels = await loadKernels();
const [REPULSIONS, MOST, SHARES] = [5, 4, 3];
const curve = { a: 1.5769, b: 0.8951 };

/** Numbers in 0 … 1 that look random. */
const drawn = (count: number, seed: number) =>
  Float64Array.from(
    { length: count },
    (_, i) => Math.abs(Math.sin(12.9898 * (i + 1) + 78.233 * seed) * 43758.5453) % 1,
  );

/** Points with so many edges, each in both directions. */
function source(count: number, edges: number): LayoutSource {
  const ends = (seed: number) => Int32Array.from(drawn(edges, seed), (value) => Math.floor(value * count));
  const heads = ends(1);
  const tails = ends(2).map((tail, e) => (tail === heads[e] ? (tail + 1) % count : tail));
  const rates = Float32Array.from(drawn(edges, 4), (value, e) => (e === 0 ? 1 : value));
  return {
    points: Float32Array.from(drawn(2 * count, 3), (value) => 10 * value),
    heads: Int32Array.of(...heads, ...tails),
    tails: Int32Array.of(...tails, ...heads),
    rates: Float32Array.of(...rates, ...rates),
    random: Uint32Array.from(drawn(16 * SHARES, 5), (value) => value * 2 ** 32),
  };
}

/** Where all points are. */
function pointsOf(layout: Layout, count: number): Float32Array {
  const places = new Float32Array(2 * count);
  layout.give(places);
  return places;
}

function movePass(layout: Layout, pass: number, size: number): void {
  for (let round = 0; round < layout.rounds; round++) layout.move(pass, round, size, curve);
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

/** The passes of UMAP's optimiser in float64: in each round, points see where the others were before it. */
function reference(given: LayoutSource, sizes: readonly number[]): Float64Array {
  const { points, heads, tails, rates, random } = given;
  const count = points.length / 2;
  const places = Float64Array.from(points);
  const { edges } = divideEdges(given, count, SHARES);
  const streams = edges.map((_, share) =>
    [0, 1, 2, 3].map((lane) => stream(random.subarray(16 * share, 16 * share + 16), lane)),
  );
  const clip = (value: number) => Math.max(-MOST, Math.min(MOST, value));
  for (const [i, size] of sizes.entries()) {
    const pass = i + 1;
    for (let round = 0; round < ROUNDS; round++) {
      const before = places.slice();
      const between = (from: readonly number[], to: number) => {
        const by = [0, 1].map((axis) => from[axis] - before[2 * to + axis]);
        const square = by[0] ** 2 + by[1] ** 2;
        return { by, square, raised: curve.a * square ** curve.b + 1 };
      };
      for (const [share, rounds] of edges.entries()) {
        const due = [...rounds[round]].filter((e) => Math.floor(pass * rates[e]) > Math.floor((pass - 1) * rates[e]));
        const groups = Math.ceil(due.length / 4);
        for (let group = 0; group < groups; group++) {
          const moves = [0, 1, 2, 3].map((lane) => {
            const edge = due[lane * groups + group];
            const draws = Array.from({ length: REPULSIONS }, () =>
              Math.floor((streams[share][lane]() / 2 ** 32) * count),
            );
            if (edge === undefined) return undefined;
            const [head, tail] = [heads[edge], tails[edge]];
            const pull = between([before[2 * head], before[2 * head + 1]], tail);
            const slope = pull.square > 0 ? (-2 * curve.a * curve.b * pull.square ** (curve.b - 1)) / pull.raised : 0;
            // Both directions have their turn in this round, and each would move both ends.
            const moved = pull.by.map((value) => 2 * size * clip(slope * value));
            const at = moved.map((value, axis) => places[2 * head + axis] + value);
            for (const other of draws) {
              if (other === head) continue;
              const { by, square, raised } = between(at, other);
              const force = (2 * curve.b) / ((0.001 + square) * raised);
              for (const axis of [0, 1]) moved[axis] += size * (square > 0 ? clip(force * by[axis]) : MOST);
            }
            return { head, moved };
          });
          for (const one of moves) {
            if (one) for (const axis of [0, 1]) places[2 * one.head + axis] += one.moved[axis];
          }
        }
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
    movePass(layout, i + 1, sizes[i]);
    const expected = reference(given, sizes.slice(0, i + 1));
    for (const [k, value] of pointsOf(layout, count).entries())
      expect(Math.abs(value - expected[k])).toBeLessThan(most);
  }
  expect(pointsOf(layout, count).some((value, i) => Math.abs(value - given.points[i]) > 0.05)).toBe(true);
  layout.dispose();
});

/** All points after three passes in so many parts, which tell each other after every round where their points are. */
function movedIn(parts: number, given: LayoutSource): Float32Array {
  const layouts = Array.from({ length: parts }, (_, index) => kernels.openLayout(given, { index, of: parts }));
  const places = given.points.slice();
  for (const pass of [1, 2, 3]) {
    for (let round = 0; round < ROUNDS; round++) {
      for (const layout of layouts) layout.move(pass, round, 0.3, curve);
      for (const layout of layouts) layout.give(places);
      for (const layout of layouts) layout.take(places);
    }
  }
  for (const layout of layouts) layout.dispose();
  return places;
}

test('points end in the same places, to the last bit, in however many parts they are moved', () => {
  const given = source(200, 900);
  const whole = movedIn(1, given);
  expect(whole).not.toEqual(given.points);
  for (const parts of [2, 3, 5]) expect(movedIn(parts, given)).toEqual(whole);
});

test('every edge is in one round of the share that moves its first end, and its other direction in the same round', () => {
  const given = source(200, 900);
  const { firsts, edges } = divideEdges(given, 200, SHARES);
  expect(edges.flatMap((rounds) => rounds.flatMap((own) => [...own])).sort((a, b) => a - b)).toEqual([
    ...given.heads.keys(),
  ]);
  const roundOf = new Map<string, number>();
  for (const [share, rounds] of edges.entries()) {
    for (const [round, own] of rounds.entries()) {
      for (const e of own) {
        expect(given.heads[e] >= firsts[share] && given.heads[e] < firsts[share + 1]).toBe(true);
        roundOf.set(`${given.heads[e]} ${given.tails[e]}`, round);
      }
    }
  }
  expect(new Set(roundOf.values()).size).toBe(ROUNDS);
  for (const [e, head] of given.heads.entries()) {
    const tail = given.tails[e];
    expect(roundOf.get(`${tail} ${head}`)).toBe(roundOf.get(`${head} ${tail}`));
  }
});

test('points in the same place are pushed apart, and one alone stays', () => {
  const layout = kernels.openLayout({ ...source(2, 1), points: new Float32Array(4) });
  movePass(layout, 1, 1);
  const [x, y, ...other] = pointsOf(layout, 2);
  expect(x).toBeGreaterThan(0);
  expect(y).toBe(x);
  expect(other[0]).toBe(other[1]);
  layout.dispose();
  const alone = kernels.openLayout({
    ...source(2, 1),
    heads: Int32Array.of(),
    tails: Int32Array.of(),
    rates: Float32Array.of(),
  });
  movePass(alone, 1, 1);
  expect(pointsOf(alone, 2)).toEqual(source(2, 1).points);
  alone.dispose();
});

test('edges that fit no points, lists of unlike lengths, and parts that are none are refused', () => {
  const given = source(5, 3);
  expect(() => kernels.openLayout({ ...given, tails: Int32Array.of(0, 5, 1, 1, 1, 1) })).toThrow(
    'An edge names none of the 5 points',
  );
  expect(() => kernels.openLayout({ ...given, rates: new Float32Array(2) })).toThrow(
    'A layout of 6 edges has 6 other ends, 2 rates and 48 random numbers',
  );
  const parts: LayoutPart[] = [
    { index: 2, of: 2 },
    { index: -1, of: 2 },
  ];
  for (const part of parts) expect(() => kernels.openLayout(given, part)).toThrow('A layout has no part');
});
