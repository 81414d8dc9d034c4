import ffn from '@xinc/model-ffn';
import { describe, expect, test } from 'vitest';
import { parseRows, rowsAtOnce } from '../../src/server/run/layer-source-file.js';
import { describeNetwork } from '../../src/server/run/network-graph.js';

const build = (height: number, width: number) =>
  ffn.build(ffn.config.parse({}), { kind: 'image', frames: 1, height, width });

describe('a picture of 720×1280', () => {
  const inr = build(720, 1280);
  const [layer1, layer2] = inr.layers;

  test('has layers that are sent by rows, no more than 256 MB at a time', () => {
    // 720 · 1280 · 208 floats are 767 MB, 104 of them 383 MB.
    expect(rowsAtOnce(inr, layer1)).toBe(Math.floor(2 ** 28 / (4 * 1280 * 208)));
    expect(rowsAtOnce(inr, layer2)).toBe(504);
    expect(parseRows('0:252', inr, layer1)).toEqual({ first: 0, end: 252 });
    expect(() => parseRows('0:253', inr, layer1)).toThrow('ask for 252 rows at a time');
    expect(() => parseRows(null, inr, layer1)).toThrow("Layer 'layer1' is too large to be sent at once");
  });

  test('runs in the page in pieces', () => {
    expect(describeNetwork(inr)).toEqual({ sampling: 'pixels', pixelsAtOnce: 16_384, perPixel: ['coordinates'] });
  });
});

test('a picture of 128×256 is sent whole', () => {
  const inr = build(128, 256);
  expect(rowsAtOnce(inr, inr.layers[0])).toBeUndefined();
  expect(parseRows(null, inr, inr.layers[0])).toEqual({ first: 0, end: 128 });
});
