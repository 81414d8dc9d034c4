import type { ConvHook, Stage } from '@xinc/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildNerv } from './build.js';
import { nervConfig } from './config.js';

const hooks = (config: Record<string, unknown>, height = 128, width = 256) =>
  buildNerv(nervConfig.parse(config), { kind: 'video', frames: 30, height, width }).layers as ConvHook[];

const box: Stage = { kind: 'box', size: 3 };
const upsample: Stage = { kind: 'upsample', scale: 2 };
const gelu: Stage = { kind: 'activation', activation: 'gelu' };

describe('the layers of the paper’s network', () => {
  const [block1, block2, block3, head] = hooks({});

  test('are the blocks and the head, input side first, labelled with their kernels', () => {
    expect([block1, block2, block3, head].map(({ id, label }) => [id, label])).toEqual([
      ['block1', 'Block 1 · 37 × 496 kernels'],
      ['block2', 'Block 2 · 31 × 104 kernels'],
      ['block3', 'Block 3 · 26 × 88 kernels'],
      ['head', 'Head · 22 × 3 kernels'],
    ]);
  });

  test('send contributions through what later blocks do (method §3)', () => {
    expect(block1).toMatchObject({ shuffle: 4, activation: 'gelu' });
    expect(block1.path).toEqual([box, upsample, gelu, box, upsample, gelu, box]);
    expect(block2).toMatchObject({ shuffle: 2, activation: 'gelu' });
    expect(block2.path).toEqual([box, upsample, gelu, box]);
    expect(block3).toMatchObject({ shuffle: 2, activation: 'gelu' });
    expect(block3.path).toEqual([box]);
  });

  test('end with a head of colour channels, without activation or path', () => {
    expect(head).toMatchObject({ shuffle: 1, activation: null, path: [], channels: ['r', 'g', 'b'] });
    expect(block3).not.toHaveProperty('channels');
  });
});

test('are all traced, and the network says that none is left out', () => {
  const inr = buildNerv(nervConfig.parse({}), { kind: 'video', frames: 30, height: 128, width: 256 });
  expect(inr.untraced).toEqual([]);
});

test('each block and the head put their own kernel size, stride and activation into the path', () => {
  const [block1] = hooks({ strides: '2,5,3', kernelSize: '3,5,3,1', activation: 'sine' }, 30, 60);
  const sine: Stage = { kind: 'activation', activation: 'sine' };
  expect(block1.path).toEqual([
    { kind: 'box', size: 5 },
    { kind: 'upsample', scale: 5 },
    sine,
    { kind: 'box', size: 3 },
    { kind: 'upsample', scale: 3 },
    sine,
  ]);
});

test('every path leads to the extents of the signal', () => {
  const strides = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
  const network = strides.chain((s) =>
    fc.record({
      strides: fc.constant(s),
      kernelSize: fc.array(fc.constantFrom(1, 3, 5), { minLength: s.length + 1, maxLength: s.length + 1 }),
      rows: fc.integer({ min: 1, max: 4 }),
      columns: fc.integer({ min: 1, max: 4 }),
    }),
  );
  fc.assert(
    fc.property(network, ({ strides, kernelSize, rows, columns }) => {
      const factor = strides.reduce((a, b) => a * b, 1);
      const layers = hooks({ strides, kernelSize, width: 8 }, rows * factor, columns * factor);
      let inputScale = 1;
      layers.forEach(({ shuffle, path }, layer) => {
        const scales = path.flatMap((stage) => (stage.kind === 'upsample' ? [stage.scale] : []));
        expect(scales.reduce((a, b) => a * b, inputScale * shuffle)).toBe(factor);
        const boxes = path.flatMap((stage) => (stage.kind === 'box' ? [stage.size] : []));
        expect(boxes).toEqual(kernelSize.slice(layer + 1).filter((size) => size > 1));
        inputScale *= shuffle;
      });
    }),
  );
});
