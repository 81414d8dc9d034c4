import { describe, expect, it } from 'vitest';
import type { AnalysisView, LayerView } from '../api.js';
import { loadClusters, storedClusters } from './neuron-clusters.js';

const layer = { id: 'layer1', label: 'Layer 1', neurons: 3, kind: 'dense' } as LayerView;

const analysis = (arrays: readonly (readonly [name: string, frame: number, layer: string])[]): AnalysisView =>
  ({
    name: 'neuron-clusters',
    version: 'v1',
    arrays: arrays.map(([name, frame, of]) => ({ name, frame, layer: of, shape: [3], file: `${frame}/${of}/${name}` })),
  }) as unknown as AnalysisView;

const run = (analyses: readonly AnalysisView[]) => ({ id: 'cat', analyses });

describe('where clusters are stored', () => {
  it('takes the frame on screen, else the nearest that was analysed', () => {
    const stored = [0, 4, 9].flatMap((frame) => [
      ['cluster', frame, 'layer1'] as const,
      ['embedding', frame, 'layer1'] as const,
    ]);
    const at = (frame: number) => storedClusters(run([analysis(stored)]), layer, frame)?.frame;
    expect([0, 3, 4, 7, 20].map(at)).toEqual([0, 4, 4, 9, 9]);
  });

  it('finds nothing for other layers, other analyses and halves of a pair', () => {
    const pair = [
      ['cluster', 0, 'layer2'],
      ['embedding', 0, 'layer2'],
    ] as const;
    expect(storedClusters(run([analysis(pair)]), layer, 0)).toBeNull();
    expect(storedClusters(run([analysis([['cluster', 0, 'layer1']])]), layer, 0)).toBeNull();
    expect(storedClusters(run([{ ...analysis(pair), name: 'canvas' }]), { ...layer, id: 'layer2' }, 0)).toBeNull();
    expect(storedClusters(run([]), layer, 0)).toBeNull();
  });
});

describe('loading clusters', () => {
  const stored = {
    run: 'cat',
    layer: 'layer1',
    frame: 2,
    version: 'v1',
    neurons: 3,
    cluster: 'c.npy',
    embedding: 'e.npy',
  };
  const from = (cluster: ArrayLike<number>, embedding: ArrayLike<number>) =>
    loadClusters(
      async (path) =>
        path === 'c.npy'
          ? { shape: [cluster.length], data: Int32Array.from(cluster) }
          : { shape: [embedding.length / 2, 2], data: Float32Array.from(embedding) },
      stored,
    );

  it('counts clusters, and keeps neurons that were left out', async () => {
    const loaded = await from([1, -1, 0], [0, 1, Number.NaN, Number.NaN, 2, 3]);
    expect(loaded).toMatchObject({ run: 'cat', layer: 'layer1', frame: 2, count: 2 });
    expect([...loaded.clusters]).toEqual([1, -1, 0]);
    expect((await from([-1, -1, -1], [0, 0, 0, 0, 0, 0])).count).toBe(0);
  });

  it('refuses arrays of another layer, naming the file', async () => {
    await expect(from([0, 1], [0, 0, 0, 0, 0, 0])).rejects.toThrow('c.npy is no list of clusters of the layer');
    await expect(from([0, 1, 1], [0, 0])).rejects.toThrow('e.npy is no embedding of the layer');
  });
});
