import { describe, expect, it } from 'vitest';
import { noise } from '../../test/memory-context.js';
import { embedInPlane } from './umap.js';

/** Vectors around corners of a cube in 6 dimensions, one blob after the other. */
function blobs(perBlob: number, count: number) {
  const grain = noise(perBlob * count * 6, 3);
  const values = grain.map((value, i) => {
    const blob = Math.floor(i / 6 / perBlob);
    return 0.1 * value + ((blob >> (i % 6)) & 1);
  });
  return { values, dimensions: 6 };
}

const distance = (points: Float32Array, i: number, j: number) =>
  Math.hypot(points[2 * i] - points[2 * j], points[2 * i + 1] - points[2 * j + 1]);

describe('embedInPlane', () => {
  it('keeps vectors that are near each other together and apart from the others, the same way every time', async () => {
    const vectors = blobs(40, 3);
    const points = await embedInPlane(vectors, { neighbors: 10, minDist: 0.1 });
    expect(points).toHaveLength(240);
    const others = (i: number) => Array.from({ length: 120 }, (_, j) => j).filter((j) => j !== i);
    for (let i = 0; i < 120; i++) {
      const nearest = others(i).reduce((a, b) => (distance(points, i, a) < distance(points, i, b) ? a : b));
      expect(Math.floor(nearest / 40)).toBe(Math.floor(i / 40));
    }
    expect(await embedInPlane(vectors, { neighbors: 10, minDist: 0.1 })).toEqual(points);
  });

  it('sees vectors apart that differ by little and lie far from zero', async () => {
    const { values, dimensions } = blobs(40, 3);
    const far = { values: values.map((value) => 0.5 + 0.001 * value), dimensions };
    const points = await embedInPlane(far, { neighbors: 10, minDist: 0.1 });
    for (let i = 0; i < 120; i++) {
      const others = Array.from({ length: 120 }, (_, j) => j).filter((j) => j !== i);
      const nearest = others.reduce((a, b) => (distance(points, i, a) < distance(points, i, b) ? a : b));
      expect(Math.floor(nearest / 40)).toBe(Math.floor(i / 40));
    }
  });

  it('places vectors that are all the same', async () => {
    const points = await embedInPlane(
      { values: new Float32Array(60).fill(0.5), dimensions: 3 },
      { neighbors: 5, minDist: 0.1 },
    );
    expect(points.every(Number.isFinite)).toBe(true);
  });

  it('tells its progress', async () => {
    const shares: number[] = [];
    await embedInPlane(blobs(6, 2), { neighbors: 4, minDist: 0.1, onProgress: (share) => shares.push(share) });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect([shares[0] > 0, shares.at(-1)]).toEqual([true, 1]);
    // One for the search, and one for each of the passes that UMAP makes over up to 2500 vectors.
    expect(shares).toHaveLength(1 + 500);
  });
});
