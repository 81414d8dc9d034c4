import type { Network } from '@xinc/core/trace';
import ffn from '@xinc/model-ffn';
import { tracedInPage } from '@xinc/viewer-page';
import { describe, expect, test } from 'vitest';
import { layerSourceFile } from '../../src/run/layer-source-file.js';
import { describeNetwork } from '../../src/run/network-graph.js';

const build = (height: number, width: number) =>
  ffn.build(ffn.config.parse({}), { kind: 'image', frames: 1, height, width });

describe('a picture of 720×1280', () => {
  const inr = build(720, 1280);
  const [layer1, layer2] = inr.layers;

  test('has layers that the server traces: their source takes more than 256 MB', async () => {
    // 720 · 1280 · 208 floats are 767 MB, 104 of them 383 MB.
    expect(tracedInPage(inr, layer1)).toBe(false);
    expect(tracedInPage(inr, layer2)).toBe(false);
    await expect(layerSourceFile({ inr } as Network, layer1, 0)).rejects.toThrow(
      "Layer 'layer1' is too large to be sent: ask for maps",
    );
  });

  test('runs in the page in pieces', () => {
    expect(describeNetwork(inr)).toEqual({ sampling: 'pixels', pixelsAtOnce: 8192, perPixel: ['coordinates'] });
  });
});

test('a picture of 128×256 is sent whole', () => {
  const inr = build(128, 256);
  expect(tracedInPage(inr, inr.layers[0])).toBe(true);
});
