import fc from 'fast-check';
import { kmeans } from 'ml-kmeans';
import { describe, expect, it } from 'vitest';
import { discs } from '../../test/pictures.js';
import { hasReference, referenceArray } from '../../test/reference.js';
import { type Clustering, clusterVectors, type Vectors } from './clustering.js';

/** Sum over vectors of the squared distance to the mean of their cluster. */
function withinClusterSumOfSquares(
  { values, dimensions }: Vectors,
  { labels, centroids }: Pick<Clustering, 'centroids'> & { labels: ArrayLike<number> },
) {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    for (let d = 0; d < dimensions; d++) sum += (values[i * dimensions + d] - centroids[labels[i]][d]) ** 2;
  }
  return sum;
}

/** Mean within-cluster sum of squares of ml-kmeans on every vector, over two seeds. */
function plainKmeans(vectors: Vectors, clusters: number): number {
  const points = Array.from({ length: vectors.values.length / vectors.dimensions }, (_, i) =>
    Array.from(vectors.values.subarray(i * vectors.dimensions, (i + 1) * vectors.dimensions)),
  );
  const sums = [0, 1].map((seed) => {
    const { clusters: labels, centroids } = kmeans(points, clusters, { seed });
    return withinClusterSumOfSquares(vectors, {
      labels,
      centroids: centroids.map((centroid) => Float64Array.from(centroid)),
    });
  });
  return (sums[0] + sums[1]) / 2;
}

describe('clusterVectors', () => {
  it('comes within 4 % of plain k-means on every pixel of a drawn picture', async () => {
    const vectors = { values: discs(96, 160).rgb, dimensions: 3 };
    const clustering = await clusterVectors(vectors, { clusters: 32, seed: 0 });
    expect(withinClusterSumOfSquares(vectors, clustering)).toBeLessThan(1.04 * plainKmeans(vectors, 32));
  });

  it.skipIf(!hasReference)('comes within 4 % of plain k-means on every pixel of a photograph', async () => {
    const values = Float32Array.from(referenceArray('ffn-0005/reconstruction_hw3.npy'));
    const vectors = { values, dimensions: 3 };
    const clustering = await clusterVectors(vectors, { clusters: 32, seed: 0 });
    expect(withinClusterSumOfSquares(vectors, clustering)).toBeLessThan(1.04 * plainKmeans(vectors, 32));
  });

  it('gives the same clusters for the same seed', async () => {
    const vectors = { values: discs(40, 60).rgb, dimensions: 3 };
    const first = await clusterVectors(vectors, { clusters: 8, seed: 5 });
    expect(await clusterVectors(vectors, { clusters: 8, seed: 5 })).toEqual(first);
  });

  it('leaves no cluster empty, orders them and labels every vector with one of them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 90 }),
        async (dimensions, clusters, numbers) => {
          const count = Math.floor(numbers.length / dimensions);
          const values = Float32Array.from(numbers.slice(0, count * dimensions));
          const { labels, centroids } = await clusterVectors({ values, dimensions }, { clusters, seed: 1 });
          expect(labels).toHaveLength(count);
          expect(centroids.length).toBeLessThanOrEqual(clusters);
          expect([...new Set(labels)].sort((a, b) => a - b)).toEqual([...centroids.keys()]);
          const sums = centroids.map((centroid) => centroid.reduce((a, b) => a + b, 0));
          expect(sums).toEqual([...sums].sort((a, b) => a - b));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('makes one cluster per value where there are fewer values than clusters', async () => {
    const values = Float32Array.of(0.5, 0.25, 0.5, 1, 0.25, 1, 1);
    const { labels, centroids } = await clusterVectors({ values, dimensions: 1 }, { clusters: 32, seed: 0 });
    expect(centroids.map(([value]) => value)).toEqual([0.25, 0.5, 1]);
    expect([...labels]).toEqual([1, 0, 1, 2, 0, 2, 2]);
  });

  it('finds rare values in a picture that is nearly all one colour', async () => {
    const values = new Float32Array(40_000).fill(0.5);
    values.set([0.1, 0.2, 0.3, 0.9], 20_011);
    const { centroids } = await clusterVectors({ values, dimensions: 1 }, { clusters: 4, seed: 0 });
    expect(centroids).toHaveLength(4);
  });
});
