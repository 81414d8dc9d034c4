import { type Engine, type NdArray, ndarray, sizeOf } from '@xinc/core';
import { createLocalPool, createNetwork, createTracer } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import onnx from '../src/index.js';
import { buildModel, drawn, type ModelSpec } from './build-model.js';

/* Networks with what PyTorch writes for learned planes, tables, attention and gates, from the file to the maps. */

const HEIGHT = 12;
const WIDTH = 16;
const PIXELS = HEIGHT * WIDTH;

let engine: Engine;
beforeAll(async () => {
  engine = await ort.create({ threads: 1 });
});
afterAll(() => engine.dispose());

/** Coordinates of the pixels, each axis inside −1 to 1. */
const coordinates = (): NdArray => {
  const values = Array.from({ length: PIXELS }, (_, p) => [
    ((p % WIDTH) + 0.5) / (WIDTH / 2) - 1,
    (Math.floor(p / WIDTH) + 0.5) / (HEIGHT / 2) - 1,
  ]);
  return ndarray([PIXELS, 2], Float32Array.from(values.flat()));
};

const dense = (name: string, outputs: number, inputs: number) => ({
  [`${name}.weight`]: drawn([outputs, inputs], `${name}.weight`, -1, 1),
  [`${name}.bias`]: drawn([outputs], `${name}.bias`, -1, 1),
});
const conv = (name: string, outputs: number, inputs: number, taps: number) => ({
  [`${name}.weight`]: drawn([outputs, inputs, taps, taps], `${name}.weight`, -0.5, 0.5),
  [`${name}.bias`]: drawn([outputs], `${name}.bias`, -0.5, 0.5),
});
const gemm = (x: string, name: string, y: string) => ({
  op: 'Gemm',
  inputs: [x, `${name}.weight`, `${name}.bias`],
  outputs: [y],
  attributes: { transB: 1 },
});
const convolution = (x: string, name: string, y: string, pads = 0) => ({
  op: 'Conv',
  inputs: [x, `${name}.weight`, `${name}.bias`],
  outputs: [y],
  attributes: { pads: [pads, pads, pads, pads] },
});

interface Network extends ModelSpec {
  readonly x: NdArray;
  readonly reading: readonly string[];
}

const NETWORKS: Readonly<Record<string, Network>> = {
  'a learned plane, looked up between its pixels': {
    opset: 16,
    inputs: { x: [PIXELS, 2] },
    x: coordinates(),
    weights: { plane: drawn([1, 4, 8, 8], 'plane'), ...dense('a', 6, 4), ...dense('b', 3, 6) },
    integers: { grid: [1, 1, -1, 2], rows: [4, -1] },
    nodes: [
      { op: 'Reshape', inputs: ['x', 'grid'], outputs: ['places'] },
      { op: 'GridSample', inputs: ['plane', 'places'], outputs: ['sampled'], attributes: { align_corners: 1 } },
      { op: 'Reshape', inputs: ['sampled', 'rows'], outputs: ['columns'] },
      { op: 'Transpose', inputs: ['columns'], outputs: ['codes'], attributes: { perm: [1, 0] } },
      gemm('codes', 'a', 'z'),
      { op: 'Relu', inputs: ['z'], outputs: ['h'] },
      gemm('h', 'b', 'rgb'),
    ],
    reading: ['a: dense, 4 → 6 → relu', 'b: dense, 6 → 3'],
  },
  'a table, looked up at what is computed of the coordinates': {
    opset: 13,
    inputs: { x: [PIXELS, 2] },
    x: coordinates(),
    weights: {
      table: drawn([64, 5], 'table'),
      one: ndarray([], Float32Array.of(1)),
      cells: ndarray([], Float32Array.of(4)),
      ...dense('a', 6, 7),
      ...dense('b', 3, 6),
    },
    integers: {
      first: { shape: [], values: [0] },
      second: { shape: [], values: [1] },
      width: { shape: [], values: [8] },
    },
    nodes: [
      { op: 'Add', inputs: ['x', 'one'], outputs: ['shifted'] },
      { op: 'Mul', inputs: ['shifted', 'cells'], outputs: ['scaled'] },
      { op: 'Floor', inputs: ['scaled'], outputs: ['cell'] },
      { op: 'Cast', inputs: ['cell'], outputs: ['place'], attributes: { to: 7 } },
      { op: 'Gather', inputs: ['place', 'first'], outputs: ['column'], attributes: { axis: 1 } },
      { op: 'Gather', inputs: ['place', 'second'], outputs: ['row'], attributes: { axis: 1 } },
      { op: 'Mul', inputs: ['row', 'width'], outputs: ['start'] },
      { op: 'Add', inputs: ['start', 'column'], outputs: ['index'] },
      { op: 'Gather', inputs: ['table', 'index'], outputs: ['code'] },
      { op: 'Concat', inputs: ['code', 'x'], outputs: ['codes'], attributes: { axis: 1 } },
      gemm('codes', 'a', 'z'),
      { op: 'Softplus', inputs: ['z'], outputs: ['h'] },
      gemm('h', 'b', 'rgb'),
    ],
    reading: ['a: dense, 7 → 6 → softplus', 'b: dense, 6 → 3'],
  },
  'attention, max pooling, mirrored borders and a gate': {
    opset: 18,
    inputs: { x: [1, 3, 6, 8] },
    x: drawn([2, 3, 6, 8], 'embedding'),
    weights: { ...conv('a', 8, 3, 3), ...conv('b', 8, 8, 3), ...conv('gate', 8, 8, 1), ...conv('c', 3, 8, 1) },
    integers: { tokens: [1, 8, 48], image: [1, 8, 6, 8], size: [1, 8, 12, 16], pads: [0, 0, 1, 1, 0, 0, 1, 1] },
    nodes: [
      convolution('x', 'a', 'z', 1),
      { op: 'Relu', inputs: ['z'], outputs: ['h'] },
      { op: 'MaxPool', inputs: ['h'], outputs: ['pooled'], attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } },
      { op: 'Reshape', inputs: ['pooled', 'tokens'], outputs: ['columns'] },
      { op: 'Transpose', inputs: ['columns'], outputs: ['rows'], attributes: { perm: [0, 2, 1] } },
      { op: 'MatMul', inputs: ['rows', 'columns'], outputs: ['scores'] },
      { op: 'Softmax', inputs: ['scores'], outputs: ['weights'], attributes: { axis: -1 } },
      { op: 'MatMul', inputs: ['weights', 'rows'], outputs: ['mixed'] },
      { op: 'Transpose', inputs: ['mixed'], outputs: ['turned'], attributes: { perm: [0, 2, 1] } },
      { op: 'Reshape', inputs: ['turned', 'image'], outputs: ['picture'] },
      { op: 'Add', inputs: ['picture', 'pooled'], outputs: ['sum'] },
      {
        op: 'Resize',
        inputs: ['sum', '', '', 'size'],
        outputs: ['large'],
        attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      },
      { op: 'Pad', inputs: ['large', 'pads'], outputs: ['framed'], attributes: { mode: 'reflect' } },
      convolution('framed', 'b', 'y'),
      { op: 'Mish', inputs: ['y'], outputs: ['g'] },
      { op: 'GlobalAveragePool', inputs: ['g'], outputs: ['mean'] },
      convolution('mean', 'gate', 's'),
      { op: 'Sigmoid', inputs: ['s'], outputs: ['share'] },
      { op: 'Mul', inputs: ['g', 'share'], outputs: ['gated'] },
      convolution('gated', 'c', 'rgb'),
    ],
    reading: [
      'a: conv 3×3, 3 → 8 → relu → largest of 3×3, held (plane 2) → pixels mixed by held weights (plane 3) → sum of planes 3, 2 → nearest ×2 → chosen rows and columns, 14×16 → chosen rows and columns, 14×18 → mean of 3×3 → mish → times a held value',
      'b: conv 3×3, 8 → 8 → mish → times a held value',
      'c: conv 1×1, 8 → 3',
      "gate is not traced: of 'mul' (1×8×12×16) on its way to the picture, it repeats pixels",
    ],
  },
};

async function original(bytes: Uint8Array, x: NdArray): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const { rgb } = await session.run({ x: new Tensor('float32', x.data, x.shape) });
  await session.release();
  return rgb.data as Float32Array;
}

describe('networks that look things up', () => {
  test.each(Object.entries(NETWORKS))('%s: pictures are ONNX Runtime’s, layers are complete', async (_, spec) => {
    const bytes = buildModel(spec);
    const beside = () => {
      throw new Error('no other file is asked for');
    };
    const { config, weights } = onnx.files!.read({ name: 'network.onnx', bytes, beside, arrays: { x: spec.x } });
    const frames = spec.x.shape[0] === PIXELS ? 1 : spec.x.shape[0];
    const kind = frames > 1 ? 'video' : 'image';
    const inr = onnx.build(onnx.config.parse(config), { kind, frames, height: HEIGHT, width: WIDTH });
    const read = [
      ...inr.layers.map(({ id, reading }) => `${id}: ${reading}`),
      ...(inr.untraced ?? []).map(({ id, why }) => `${id} is not traced: ${why}`),
    ];
    expect(read).toEqual(spec.reading);
    const network = createNetwork(inr, weights, engine);
    for (let frame = 0; frame < frames; frame++) {
      const shape = [spec.x.shape[0] / frames, ...spec.x.shape.slice(1)];
      const fed = ndarray(shape, spec.x.data.slice(frame * sizeOf(shape), (frame + 1) * sizeOf(shape)));
      const wanted = await original(bytes, fed);
      const { output } = await network.evaluate(frame, ['output']);
      expect(Math.max(...output.data.map((value, i) => Math.abs(value - wanted[i])))).toBeLessThan(1e-5);
    }
    const tracer = createTracer(network, await createLocalPool());
    for (const { id, neurons } of tracer.layers) {
      const { largestError, largestPreactivation } = await tracer.completeness(id, 0);
      expect(largestError, id).toBeLessThan(1e-6 * largestPreactivation);
      const every = Array.from({ length: neurons }, (_, n) => n);
      const maps = await tracer.maps(id, frames - 1, every);
      expect(maps.every(Number.isFinite), id).toBe(true);
      expect(
        maps.some((value) => value !== 0),
        id,
      ).toBe(true);
    }
    await network.dispose();
  });
});
