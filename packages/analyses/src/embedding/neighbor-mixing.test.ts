import { randomStream } from '@xinc/core';
import { describe, expect, it } from 'vitest';
import { neighborMixing } from './neighbor-mixing.js';

const DIMENSIONS = 4;

/** Vectors around a middle each, [count, DIMENSIONS]. */
function cloud(count: number, middle: number, name: string): Float32Array {
  const stream = randomStream(1, name);
  return Float32Array.from({ length: count * DIMENSIONS }, () => middle + stream.normal());
}

const joined = (...parts: Float32Array[]) => ({
  values: Float32Array.from(parts.flatMap((part) => [...part])),
  dimensions: DIMENSIONS,
});
const runsOf = (...counts: number[]) => counts.flatMap((count, run) => new Array<number>(count).fill(run));

describe('mixing of runs among nearest neighbours', () => {
  it('is at the null where runs have neurons of the same kinds', async () => {
    const { observed, expected, chance, p } = (await neighborMixing(
      joined(cloud(150, 0, 'a'), cloud(150, 0, 'b')),
      runsOf(150, 150),
      { permutations: 199 },
    ))!;
    expect(expected).toBeCloseTo(150 / 299, 12);
    expect(Math.abs(chance.mean - expected)).toBeLessThan(0.005);
    expect(observed).toBeGreaterThan(chance.low);
    expect(observed).toBeLessThan(chance.high);
    expect(p).toBeGreaterThan(0.025);
  });

  it('is far below the null where they have others', async () => {
    const { observed, chance, p } = (await neighborMixing(
      joined(cloud(150, 0, 'a'), cloud(150, 6, 'b')),
      runsOf(150, 150),
      {
        permutations: 199,
      },
    ))!;
    expect(observed).toBeLessThan(0.01);
    expect(chance.low).toBeGreaterThan(0.45);
    expect(p).toBe(1 / 200);
  });

  it('expects of runs of different sizes what they would give by chance', async () => {
    const { expected, chance, observed } = (await neighborMixing(
      joined(cloud(250, 0, 'a'), cloud(40, 0, 'b'), cloud(10, 0, 'c')),
      runsOf(250, 40, 10),
      { permutations: 199 },
    ))!;
    expect(expected).toBeCloseTo((250 * 50 + 40 * 260 + 10 * 290) / (300 * 299), 12);
    expect(Math.abs(chance.mean - expected)).toBeLessThan(0.005);
    expect(observed).toBeGreaterThan(chance.low);
  });

  it('does not favour a run among equal vectors, as those of maps that are the same everywhere', async () => {
    const { observed, chance } = (await neighborMixing(
      { values: new Float32Array(400), dimensions: 2 },
      runsOf(100, 100),
      {
        permutations: 99,
      },
    ))!;
    expect(observed).toBeGreaterThanOrEqual(chance.low);
    expect(observed).toBeLessThanOrEqual(chance.high);
  });

  it('of neurons that have a twin in the other run is above the null', async () => {
    const half = cloud(100, 0, 'a');
    const { observed, chance, p } = (await neighborMixing(joined(half, half), runsOf(100, 100), { neighbors: 1 }))!;
    expect(observed).toBe(1);
    expect(chance.high).toBeLessThan(0.7);
    expect(p).toBe(1);
  });

  it('is the same each time', async () => {
    const vectors = joined(cloud(40, 0, 'a'), cloud(40, 1, 'b'));
    expect(await neighborMixing(vectors, runsOf(40, 40))).toEqual(await neighborMixing(vectors, runsOf(40, 40)));
  });

  it('is not defined for one run, or for no more neurons than neighbours', async () => {
    expect(await neighborMixing(joined(cloud(40, 0, 'a')), runsOf(40))).toBeUndefined();
    expect(await neighborMixing(joined(cloud(10, 0, 'a')), runsOf(5, 5))).toBeUndefined();
  });
});
