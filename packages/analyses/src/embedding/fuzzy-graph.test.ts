import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FuzzyGraph, fuzzyUnion, strongEnough } from './fuzzy-graph.js';

const edgesOf = ({ head, tail, weights }: FuzzyGraph) =>
  new Map(Array.from(weights, (weight, e) => [`${tail[e]}→${head[e]}`, weight]));

/** Distinct neighbours of each vector and how strongly they belong. */
const views = fc.integer({ min: 1, max: 9 }).chain((n) =>
  fc.integer({ min: 1, max: n }).chain((k) =>
    fc.record({
      n: fc.constant(n),
      indices: fc.array(fc.shuffledSubarray([...Array(n).keys()], { minLength: k, maxLength: k }), {
        minLength: n,
        maxLength: n,
      }),
      strengths: fc.array(fc.oneof(fc.constant(0), fc.float({ min: 0, max: 1, noNaN: true })), {
        minLength: n * k,
        maxLength: n * k,
      }),
    }),
  ),
);

describe('fuzzyUnion', () => {
  it('joins both views of every pair, once in each direction', () => {
    fc.assert(
      fc.property(views, ({ n, indices, strengths }) => {
        const k = indices[0].length;
        const strength = (i: number, j: number) =>
          indices[i].includes(j) ? strengths[i * k + indices[i].indexOf(j)] : 0;
        const expected = new Map<string, unknown>();
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            const [a, b] = [strength(i, j), strength(j, i)];
            if (a + b - a * b > 0) expected.set(`${i}→${j}`, expect.closeTo(a + b - a * b, 5));
          }
        }
        const graph = fuzzyUnion(Int32Array.from(indices.flat()), strengths, n);
        expect(graph.nCols).toBe(n);
        expect(edgesOf(graph).size).toBe(graph.weights.length);
        expect(Object.fromEntries(edgesOf(graph))).toEqual(Object.fromEntries(expected));
      }),
    );
  });
});

describe('strongEnough', () => {
  it('leaves out edges that would not be drawn from once', () => {
    const graph = {
      nRows: 3,
      nCols: 3,
      head: Int32Array.of(1, 2, 0),
      tail: Int32Array.of(0, 1, 2),
      weights: Float32Array.of(1, 0.0625, 0.125),
    };
    expect(edgesOf(strongEnough(graph, 8))).toEqual(
      new Map([
        ['0→1', 1],
        ['2→0', 0.125],
      ]),
    );
  });
});
