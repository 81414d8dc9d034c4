import { describe, expect, it } from 'vitest';
import type { LayerView } from '../api.js';
import { countOff, possibleOff, sameOff, withOff, withOn } from './switched-off.js';

const layer = (id: string, neurons: number, weight?: string): LayerView => ({
  id,
  label: id,
  reading: '',
  neurons,
  kind: weight === undefined ? 'custom' : 'dense',
  traced: weight === undefined ? 'server' : 'page',
  ...(weight !== undefined && { weight }),
});

describe('neurons that are switched off', () => {
  it('are kept ascending, each once, per layer', () => {
    const off = withOff(withOff({}, 'a', [7, 3, 3]), 'b', [1]);
    expect(off).toEqual({ a: [3, 7], b: [1] });
    expect(withOff(off, 'a', [5, 3])).toEqual({ a: [3, 5, 7], b: [1] });
    expect(countOff(off)).toBe(3);
  });

  it('come on again, and a layer with none is gone', () => {
    expect(withOn({ a: [3, 7], b: [1] }, 'a', [7, 8])).toEqual({ a: [3], b: [1] });
    expect(withOn({ a: [3, 7], b: [1] }, 'b', [1])).toEqual({ a: [3, 7] });
    expect(withOn({}, 'a', [1])).toEqual({});
  });

  it('are those that the network has and can mask, whatever a link names', () => {
    const layers = [layer('a', 5, 'a.weight'), layer('b', 5), layer('c', 2, 'c.weight')];
    expect(possibleOff({ c: [1, 2, 9], b: [0], a: [4, 0, 4], zz: [1], toString: [1] }, layers)).toEqual({
      a: [0, 4],
      c: [1],
    });
    expect(possibleOff({}, [layer('toString', 3, 'w')])).toEqual({});
  });

  it('are the same in any order of layers', () => {
    expect(sameOff({ a: [1], b: [2] }, { b: [2], a: [1] })).toBe(true);
    expect(sameOff({ a: [1] }, { a: [1], b: [2] })).toBe(false);
    expect(sameOff({ a: [1, 2] }, { a: [1, 3] })).toBe(false);
    expect(sameOff({ a: [1] }, { b: [1] })).toBe(false);
  });
});
