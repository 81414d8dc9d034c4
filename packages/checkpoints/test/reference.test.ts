import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CheckpointLayout, ParameterSpec, Shape } from '@xinc/core';
import { describe, expect, test } from 'vitest';
import { matchParameters, readCheckpoint, tensorShapes } from '../src/index.js';

const folder = process.env.XINC_REFERENCE ?? fileURLToPath(new URL('../../../../shared/reference/', import.meta.url));
const ffn = `${folder}/ffn-0005/best_model.ckpt`;
const nerv = `${folder}/nerv-1001/nerv1001.pth`;

const ffnShapes = {
  'positional_encoding.B': [104, 2],
  'net.0.linear.weight': [104, 208],
  'net.0.linear.bias': [104],
  'net.1.linear.weight': [104, 104],
  'net.1.linear.bias': [104],
  'net.2.linear.weight': [3, 104],
  'net.2.linear.bias': [3],
};

const nervShapes = {
  'decoder.0.conv.downconv.weight': [4736, 160, 1, 1],
  'decoder.0.conv.downconv.bias': [4736],
  'decoder.1.conv.upconv.0.weight': [496, 37, 3, 3],
  'decoder.1.conv.upconv.0.bias': [496],
  'decoder.2.conv.upconv.0.weight': [104, 31, 3, 3],
  'decoder.2.conv.upconv.0.bias': [104],
  'decoder.3.conv.upconv.0.weight': [88, 26, 3, 3],
  'decoder.3.conv.upconv.0.bias': [88],
  'head_layer.weight': [3, 22, 3, 3],
  'head_layer.bias': [3],
};

/** Parameters `p0`, `p1`, … of these shapes without extents of 1, and the layout that gives them these names. */
function modelOf(shapes: Readonly<Record<string, Shape>>) {
  const parameters = Object.values(shapes).map(
    (shape, i): ParameterSpec => ({
      name: `p${i}`,
      shape: shape.filter((extent) => extent !== 1),
      init: { kind: 'constant', value: 0 },
      trainable: true,
    }),
  );
  const layout: CheckpointLayout = {
    name: 'published',
    names: Object.fromEntries(Object.keys(shapes).map((name, i) => [`p${i}`, name])),
  };
  return { parameters, layouts: [layout] };
}

describe.runIf(existsSync(ffn))('the published FFN checkpoint (Lightning)', () => {
  test('has the published shapes, its configuration as metadata, nothing executed', async () => {
    const checkpoint = await readCheckpoint(ffn);
    expect(checkpoint.format).toBe('pytorch');
    expect(tensorShapes(checkpoint)).toEqual(ffnShapes);
    expect(checkpoint.metadata).toMatchObject({ epoch: 999, global_step: 1000, 'pytorch-lightning_version': '2.1.0' });
    expect(JSON.stringify(checkpoint.metadata.hyper_parameters)).not.toContain('omegaconf');
  });

  test('gives a model its parameters, 32 971 of them trainable', async () => {
    const { parameters, layouts } = modelOf(ffnShapes);
    const found = matchParameters(await readCheckpoint(ffn), parameters, layouts);
    const sizes = Object.values(found).map(({ data }) => data.length);
    expect(sizes.slice(1).reduce((a, b) => a + b)).toBe(32_971);
    // Frequencies are drawn from N(0, 10²).
    const frequencies = found.p0.data;
    const deviation = Math.sqrt(frequencies.reduce((sum, value) => sum + value * value, 0) / frequencies.length);
    expect(deviation).toBeGreaterThan(8);
    expect(deviation).toBeLessThan(12);
  });
});

describe.runIf(existsSync(nerv))('the NeRV checkpoint (state dict)', () => {
  test('gives a model its 978 557 parameters, the stem as a dense layer', async () => {
    const checkpoint = await readCheckpoint(nerv);
    expect(tensorShapes(checkpoint)).toEqual(nervShapes);
    expect(checkpoint.metadata).toEqual({ epoch: 300 });
    const { parameters, layouts } = modelOf(nervShapes);
    const found = matchParameters(checkpoint, parameters, layouts);
    expect(found.p0.shape).toEqual([4736, 160]);
    expect(Object.values(found).reduce((sum, { data }) => sum + data.length, 0)).toBe(978_557);
  });
});
