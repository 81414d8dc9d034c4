import { describe, expect, it } from 'vitest';
import type { LayerView } from '../../api.js';
import { clusterMiddles, membersOf } from './clusters.js';
import { placePoints } from './place-points.js';
import { chosenNeurons, ofOneRun, pointSet, pointsByNeuron } from './point-set.js';

const layer = (id: string) => ({ id, label: id, neurons: 3, kind: 'dense' }) as LayerView;
const embedded = (id: string, clusters: readonly number[], places: readonly number[]) =>
  ofOneRun(layer(id), {
    run: 'run',
    layer: id,
    frame: 0,
    count: 2,
    clusters: Int32Array.from(clusters),
    embedding: Float32Array.from(places),
  });
const one = embedded('a', [1, -1, 0], [0, 0, Number.NaN, Number.NaN, 4, 2]);
const two = embedded('b', [0, 0, 0], [0, 0, 1, 0, 0, 1]);

describe('points of neurons', () => {
  it('leave out neurons without a place, and keep layers apart', () => {
    const set = pointSet([one, two], ['run']);
    expect([...set.neurons]).toEqual([0, 2, 0, 1, 2]);
    expect([...set.layer]).toEqual([0, 0, 1, 1, 1]);
    const x = Array.from(set.neurons, (_, i) => set.places[2 * i]);
    expect(Math.max(...x.slice(0, 2))).toBeLessThan(Math.min(...x.slice(2)));
    expect([...pointsByNeuron(set, 'b')]).toEqual([
      [0, 2],
      [1, 3],
      [2, 4],
    ]);
  });

  it('choose neurons of the layer on screen, else of the one with most, and of no other run', () => {
    const set = pointSet([one, two], ['run']);
    expect(chosenNeurons(set, [1, 2, 3], 'a')).toEqual({ layer: 'a', neurons: [2] });
    expect(chosenNeurons(set, [2, 3], 'a')).toEqual({ layer: 'b', neurons: [0, 1] });
    const joint = pointSet([{ ...two, run: Int32Array.of(0, 1, 1) }], ['run', 'other']);
    expect(chosenNeurons(joint, [0, 1, 2], 'b')).toEqual({ layer: 'b', neurons: [0] });
    expect(chosenNeurons(joint, [1, 2], 'b')).toBeNull();
  });

  it('have clusters, with their members and the point nearest to their middles', () => {
    const set = pointSet([one], ['run']);
    expect(membersOf(set, [0, 1])).toEqual([[2], [0]]);
    expect(clusterMiddles(set)).toEqual([
      { point: 0, text: '2' },
      { point: 1, text: '1' },
    ]);
  });
});

describe('placing points in a room', () => {
  it('turns them lengthwise and keeps distances in proportion', () => {
    const upright = Float32Array.from([0, 0, 0, 10, 1, 5]);
    const placed = placePoints(upright, 3, true);
    const distance = (p: Float32Array, i: number, j: number) =>
      Math.hypot(p[2 * i] - p[2 * j], p[2 * i + 1] - p[2 * j + 1]);
    expect(distance(placed, 0, 1) / distance(placed, 0, 2)).toBeCloseTo(10 / Math.hypot(1, 5), 5);
    expect(Math.abs(placed[0] - placed[2])).toBeGreaterThan(5 * Math.abs(placed[1] - placed[3]));
    for (let i = 0; i < 3; i++) {
      expect(Math.abs(placed[2 * i])).toBeLessThanOrEqual(3);
      expect(Math.abs(placed[2 * i + 1])).toBeLessThanOrEqual(1);
    }
  });

  it('places a single point, and none', () => {
    expect([...placePoints(Float32Array.of(7, 7), 2, true)].map(Math.abs)).toEqual([0, 0]);
    expect(placePoints(new Float32Array(), 2, true)).toHaveLength(0);
  });
});
