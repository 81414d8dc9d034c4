import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noise } from '../../test/memory-context.js';
import { type GroupSums, varianceOverGroups } from './equal-groups.js';

/** Sums of random maps over random groups. */
function given(neurons: number, sizes: readonly number[], seed = 1): GroupSums {
  const groups = sizes.length;
  const densities = noise(neurons * groups, seed);
  const sums = Float64Array.from(densities, (density, i) => density * sizes[i % groups]);
  return { sums, totals: totalsOf(sums, groups), sizes: Uint32Array.from(sizes) };
}
const totalsOf = (sums: Float64Array, groups: number) =>
  Float64Array.from({ length: sums.length / groups }, (_, n) =>
    sums.subarray(n * groups, (n + 1) * groups).reduce((a, b) => a + b),
  );
const all = ({ totals }: GroupSums) => [...totals.keys()];

/** Σ_g (|g|/HW) δ² by its definition, of groups put together. */
function plainly({ sums, totals, sizes }: GroupSums, together: readonly (readonly number[])[]): number[] {
  const pixels = sizes.reduce((a, b) => a + b);
  const add = (groups: readonly number[], of: (g: number) => number) => groups.reduce((sum, g) => sum + of(g), 0);
  return [...totals].map((total, n) =>
    together.reduce((variance, groups) => {
      const part = add(groups, (g) => sizes[g]) / pixels;
      if (part === 0) return variance;
      const delta = add(groups, (g) => sums[n * sizes.length + g]) / (total * part) - 1;
      return variance + part * delta ** 2;
    }, 0),
  );
}

/** Ward's merging without any thought of speed: every pair is tried, each time. */
function mergedPlainly(one: GroupSums, count: number): readonly (readonly number[])[] {
  const whole = plainly(
    one,
    [...one.sizes.keys()].map((g) => [g]),
  );
  let together: (readonly number[])[] = [...one.sizes.keys()].filter((g) => one.sizes[g] > 0).map((g) => [g]);
  while (together.length > count) {
    const tried = together.flatMap((a, i) =>
      together.slice(i + 1).map((b) => [...together.filter((c) => c !== a && c !== b), [...a, ...b]]),
    );
    const kept = tried.map((groups) => plainly(one, groups).reduce((sum, left, n) => sum + left / whole[n], 0));
    together = tried[kept.indexOf(Math.max(...kept))];
  }
  return together;
}

const expectNear = (found: ArrayLike<number>, expected: readonly number[]) => {
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 10);
};

describe('varianceOverGroups', () => {
  it('is the area-weighted variance where there are no more groups than asked for; empty groups do not count', () => {
    const one = given(5, [3, 0, 40, 7]);
    const expected = plainly(one, [[0], [1], [2], [3]]);
    const { least, most } = varianceOverGroups(one, all(one), 3);
    expectNear(most, expected);
    expect(least).toBe(most);
    expectNear(varianceOverGroups(one, [3, 1], 8).most, [expected[3], expected[1]]);
  });

  it('merges the groups that lose least, as trying all pairs does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 9 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 10_000 }),
        (sizes, count, seed) => {
          const one = given(4, sizes, seed);
          const bounds = varianceOverGroups(one, all(one), count);
          for (const [n, merged] of plainly(one, mergedPlainly(one, count)).entries()) {
            const nearest = Math.min(Math.abs(bounds.least[n] - merged), Math.abs(bounds.most[n] - merged));
            expect(nearest).toBeLessThan(1e-10);
            expect(bounds.least[n]).toBeLessThanOrEqual(bounds.most[n]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('does not depend on how finely a group is divided whose parts are alike', () => {
    const coarse = given(30, [10, 50, 200, 40]);
    const parts = [[4, 6], [25, 5, 20], [100, 60, 30, 10], [40]];
    const of = parts.flatMap((sizes, g) => sizes.map(() => g));
    const sizes = Uint32Array.from(parts.flat());
    const sums = Float64Array.from({ length: 30 * sizes.length }, (_, i) => {
      const [n, part] = [Math.floor(i / sizes.length), i % sizes.length];
      return (coarse.sums[n * 4 + of[part]] * sizes[part]) / coarse.sizes[of[part]];
    });
    const fine = { sums, totals: totalsOf(sums, sizes.length), sizes };
    expectNear(varianceOverGroups(fine, all(fine), 4).most, [...varianceOverGroups(coarse, all(coarse), 4).most]);
  });

  it('is at least what merging at random leaves on average', () => {
    const one = given(20, [30, 30, 30, 30]);
    const pairs = [
      [
        [0, 1],
        [2, 3],
      ],
      [
        [0, 2],
        [1, 3],
      ],
      [
        [0, 3],
        [1, 2],
      ],
    ].map((together) => plainly(one, together));
    const average = pairs[0].map((_, n) => pairs.reduce((sum, of) => sum + of[n] / 3, 0));
    const { least, most } = varianceOverGroups(one, all(one), 2);
    for (const [n, value] of average.entries()) {
      expect([least[n], most[n]].some((bound) => Math.abs(bound - value) < 1e-10)).toBe(true);
    }
  });

  /** The mean over all ways of merging two at a time, one after the other. */
  function meanOfMergings(one: GroupSums, count: number, together: readonly (readonly number[])[]): number[] {
    if (together.length === count) return plainly(one, together);
    const ways = together.flatMap((a, i) =>
      together
        .slice(i + 1)
        .map((b) => meanOfMergings(one, count, [...together.filter((c) => c !== a && c !== b), [...a, ...b]])),
    );
    return ways[0].map((_, n) => ways.reduce((sum, of) => sum + of[n] / ways.length, 0));
  }

  it.each([
    { sizes: [900, 20, 20, 20, 20, 20], count: 3 },
    { sizes: [900, 20, 20, 20, 20, 20], count: 4 },
    { sizes: [9, 1, 9, 1, 9, 1], count: 3 },
    { sizes: [400, 300, 150, 90, 50, 10], count: 2 },
  ])('knows what merging at random leaves of groups of sizes $sizes merged to $count', ({ sizes, count }) => {
    const one = given(200, sizes, 3);
    const expected = meanOfMergings(
      one,
      count,
      sizes.map((_, g) => [g]),
    );
    const bounds = varianceOverGroups(one, all(one), count);
    const ratios = expected.map((value, n) => {
      const found = Math.abs(bounds.least[n] / value - 1) < Math.abs(bounds.most[n] / value - 1) ? 'least' : 'most';
      return bounds[found][n] / value;
    });
    expect(Math.abs(ratios.reduce((sum, ratio) => sum + ratio / 200, 0) - 1)).toBeLessThan(0.01);
    for (const ratio of ratios) expect(Math.abs(ratio - 1)).toBeLessThan(0.04);
  });

  it('knows it of many neurons that are alike as of one, and of groups of nearly one size as of those of one size', () => {
    // Cells of a grid over 64×65 pixels: the last row of cells has a row of pixels more.
    const sizes = Array.from({ length: 64 }, (_, g) => (g < 56 ? 64 : 72));
    const one = given(1, sizes, 7);
    const [neurons, groups] = [1024, 64];
    const sums = Float64Array.from({ length: neurons * groups }, (_, i) => one.sums[i % groups]);
    const many = { sums, totals: totalsOf(sums, groups), sizes: one.sizes };
    const [whole] = plainly(
      one,
      sizes.map((_, g) => [g]),
    );
    const { least } = varianceOverGroups(many, all(many), 16);
    for (const value of [least[0], least[1023]]) expect(Math.abs(value / whole / (15 / 63) - 1)).toBeLessThan(0.02);
  });

  it('gives noise the same whatever the sizes of groups: as much for each group but one', () => {
    const [neurons, pixels] = [400, 600];
    const maps = noise(neurons * pixels, 5);
    const overGroups = (sizes: readonly number[]) => {
      const groupOf = sizes.flatMap((size, g) => Array.from({ length: size }, () => g));
      const sums = new Float64Array(neurons * sizes.length);
      for (const [i, value] of maps.entries())
        sums[Math.floor(i / pixels) * sizes.length + groupOf[i % pixels]] += value;
      const one = { sums, totals: totalsOf(sums, sizes.length), sizes: Uint32Array.from(sizes) };
      return varianceOverGroups(one, all(one), sizes.length).most.reduce((a, b) => a + b) / neurons;
    };
    // A uniform number's variance is a third of the square of its mean.
    const expected = (1 / 3) * (5 / pixels);
    for (const sizes of [Array(6).fill(100), [2, 3, 5, 10, 80, 500]]) {
      expect(Math.abs(overGroups(sizes) / expected - 1)).toBeLessThan(0.1);
    }
  });
});
