import { describe, expect, it } from 'vitest';
import { piecesOf, placeOutput } from './pixel-pieces.js';

const tensor = (shape: number[], data: number[]) => ({ shape, data: Float32Array.from(data) });

describe('inputs in pieces', () => {
  const network = { sampling: 'pixels', pixelsAtOnce: 2, perPixel: ['coordinates'] } as const;
  const coordinates = tensor([5, 2], [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5]);
  const frequencies = tensor([2, 1], [7, 8]);

  it('cuts what has a row per pixel, and fills up the last piece with its last pixel', () => {
    const pieces = piecesOf(network, { coordinates, frequencies }, 5);
    expect(pieces.map(({ first, pixels }) => [first, pixels])).toEqual([
      [0, 2],
      [2, 2],
      [4, 1],
    ]);
    expect(pieces.map(({ inputs }) => [...inputs.coordinates.data])).toEqual([
      [0, 0.5, 1, 1.5],
      [2, 2.5, 3, 3.5],
      [4, 4.5, 4, 4.5],
    ]);
    for (const { inputs } of pieces) {
      expect(inputs.coordinates.shape).toEqual([2, 2]);
      expect(inputs.frequencies).toBe(frequencies);
    }
  });

  it('puts the outputs of the pieces together, without what was filled up', () => {
    const rgb = new Float32Array(15);
    for (const piece of piecesOf(network, { coordinates }, 5)) {
      const output = Float32Array.from({ length: 6 }, (_, i) => 10 * piece.first + i);
      placeOutput('pixels', output, piece, rgb);
    }
    expect([...rgb]).toEqual([0, 1, 2, 3, 4, 5, 20, 21, 22, 23, 24, 25, 40, 41, 42]);
  });

  it('interleaves the channels of a frame', () => {
    const encoding = tensor([1, 3], [1, 2, 3]);
    const [piece, ...others] = piecesOf({ sampling: 'frames', perPixel: [] }, { encoding }, 2);
    expect(others).toEqual([]);
    expect(piece.inputs.encoding).toBe(encoding);
    const rgb = new Float32Array(6);
    placeOutput('frames', Float32Array.from([1, 2, 10, 20, 100, 200]), piece, rgb);
    expect([...rgb]).toEqual([1, 10, 100, 2, 20, 200]);
  });
});
