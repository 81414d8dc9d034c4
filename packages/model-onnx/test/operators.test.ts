import { readFileSync } from 'node:fs';
import {
  type Engine,
  isXincError,
  type NdArray,
  type Ops,
  randomStream,
  type Shape,
  sizeOf,
  XincError,
} from '@xinc/core';
import { createOps } from '@xinc/core/graph';
import ort from '@xinc/engine-ort';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readModel } from '../src/read-model.js';
import { rules, runGraph } from '../src/run-graph.js';
import { RUNTIME_RULES } from '../src/standard-nodes.js';
import { buildModel, drawn } from './build-model.js';
import { CASES } from './operator-cases.js';

/* Every operator against ONNX Runtime's own. */

let engine: Engine;
beforeAll(async () => {
  engine = await ort.create({ threads: 1 });
});
afterAll(() => engine.dispose());

const beside = () => {
  throw new XincError('not-found', 'No other file is there');
};

/** The language over shapes, which are no larger than those of a network that is imported. */
const shapesAlone = (): Ops<Shape> =>
  createOps<Shape>({
    constant: ({ shape }) => shape,
    shapeOf: (shape) => shape,
    apply(_op, _inputs, _attributes, shape) {
      if (!(sizeOf(shape) <= 2 ** 29)) throw new XincError('unsupported', 'It is too large');
      return shape;
    },
  });

/** What XINC computes of a file. */
async function ours(bytes: Uint8Array, inputs: Readonly<Record<string, NdArray>>): Promise<NdArray> {
  const { graph, weights } = readModel(bytes, 'model.onnx', beside);
  const arrays = { ...weights, ...inputs };
  const shapes = Object.fromEntries(Object.entries(arrays).map(([name, { shape }]) => [name, shape]));
  const executable = await engine.compile((ops, values) => ({ y: runGraph(graph, ops, values) }), shapes);
  const { y } = await executable.run(arrays);
  await executable.dispose();
  return y;
}

async function theirs(bytes: Uint8Array, inputs: Readonly<Record<string, NdArray>>): Promise<NdArray> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const feeds = Object.entries(inputs).map(([name, { shape, data }]) => [name, new Tensor('float32', data, shape)]);
  const results = await session.run(Object.fromEntries(feeds));
  const result = results[session.outputNames[0]];
  await session.release();
  return { shape: result.dims, data: result.data as Float32Array };
}

describe('operators give what ONNX Runtime gives', () => {
  test.each(CASES.map((use) => [use.title, use] as const))('%s', async (_, use) => {
    const [low, high] = use.between ?? [-2, 2];
    const bytes = buildModel(use);
    const inputs = Object.fromEntries(
      Object.entries(use.inputs).map(([name, shape]) => [name, drawn(shape, name, low, high)]),
    );
    const [found, wanted] = [await ours(bytes, inputs), await theirs(bytes, inputs)];
    expect(found.shape).toEqual([...wanted.shape]);
    const scale = Math.max(1, ...wanted.data.map(Math.abs));
    const off = Math.max(...found.data.map((value, i) => Math.abs(value - wanted.data[i])));
    expect(off).toBeLessThan(1e-5 * scale);
  });
});

test('docs/networks.md lists every operator that is read, and no other', () => {
  const text = readFileSync(new URL('../../../docs/networks.md', import.meta.url), 'utf8');
  const [, section] = /## Operators\n([\s\S]*?)\nAll numbers/.exec(text)!;
  const listed = section
    .split('\n')
    .slice(3)
    .join(' ')
    .match(/\b[A-Z]\w+/g)!;
  expect(listed.sort()).toEqual(Object.keys(rules).sort());
  const [, own] = /^Of ONNX Runtime's own operators .*, these are read:\n([^.]*)\.$/m.exec(text)!;
  expect(own.split(/,\s/)).toEqual(Object.keys(RUNTIME_RULES).sort());
});

describe('what is not read is refused, with the node and the reason', () => {
  const picture = { x: [1, 2, 4, 4] };
  test.each([
    [
      'MaxPool with places',
      {
        opset: 13,
        inputs: picture,
        nodes: [{ op: 'MaxPool', inputs: ['x'], outputs: ['y', 'i'], attributes: { kernel_shape: [2, 2] } }],
      },
      "The node '/MaxPool_0' (MaxPool) cannot be read: it gives the places of the largest pixels as well",
    ],
    [
      'a normalisation as in training',
      {
        opset: 15,
        inputs: picture,
        weights: { s: drawn([2], 's') },
        nodes: [{ op: 'BatchNormalization', inputs: ['x', 's', 's', 's', 's'], attributes: { training_mode: 1 } }],
      },
      "The node '/BatchNormalization_0' (BatchNormalization) cannot be read: it is as in training: export the network after eval()",
    ],
    [
      'places beyond a table',
      {
        opset: 13,
        inputs: picture,
        integers: { i: [4] },
        nodes: [{ op: 'Gather', inputs: ['x', 'i'], attributes: { axis: 2 } }],
      },
      "The node '/Gather_0' (Gather) cannot be read: it looks up place 4 of 4",
    ],
    [
      'whole numbers that float32 does not hold',
      {
        opset: 13,
        inputs: { x: [3] },
        integers: { prime: [2654435761] },
        nodes: [
          { op: 'Cast', inputs: ['x'], attributes: { to: 7 } },
          { op: 'Mul', inputs: ['value0', 'prime'] },
        ],
      },
      "The node '/Mul_1' (Mul) cannot be read: it computes with the whole number 2654435761, which float32 does not hold exactly",
    ],
    [
      'sums of products with ellipses',
      {
        opset: 13,
        inputs: { x: [2, 3], y: [3, 4] },
        nodes: [{ op: 'Einsum', inputs: ['x', 'y'], attributes: { equation: '...i,ij->...j' } }],
      },
      "The node '/Einsum_0' (Einsum) cannot be read: '...i,ij->...j' is no product of one or two operands with axes of one letter each",
    ],
    [
      'pooling of volumes',
      {
        opset: 13,
        inputs: { x: [1, 2, 4, 4, 4] },
        nodes: [{ op: 'MaxPool', inputs: ['x'], attributes: { kernel_shape: [2, 2, 2] } }],
      },
      "The node '/MaxPool_0' (MaxPool) cannot be read: it reads an array of 1×2×4×4×4, not images [N, C, H, W]",
    ],
    [
      'an operator that nothing is known of',
      { opset: 13, inputs: { x: [2, 3] }, nodes: [{ op: 'NonZero', inputs: ['x'] }] },
      "The operator 'NonZero' of the node '/NonZero_0' gives an array whose shape depends on values, which is not read",
    ],
  ])('%s', (_, spec, message) => {
    const { graph, weights } = readModel(buildModel(spec), 'model.onnx', beside);
    const shapes = Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, shape]));
    expect(() => runGraph(graph, shapesAlone(), { ...shapes, ...spec.inputs })).toThrow(message);
  });
});

test('files of one operator that are damaged anywhere are read, or refused in a line, and soon', () => {
  const stream = randomStream(11, 'damaged operators');
  const runs = Number(process.env.XINC_FUZZ ?? 3000);
  for (let run = 0; run < runs; run++) {
    const use = CASES[run % CASES.length];
    const bytes = buildModel(use);
    for (let i = stream.integer(3); i >= 0; i--) bytes[stream.integer(bytes.length)] = stream.integer(256);
    const start = performance.now();
    try {
      const { graph, weights } = readModel(bytes, 'model.onnx', beside);
      const shapes = Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, shape]));
      runGraph(graph, shapesAlone(), { ...shapes, ...use.inputs });
    } catch (error) {
      if (!isXincError(error)) throw new Error(`${use.title}, run ${run}: ${(error as Error).stack}`);
      expect((error as Error).message).not.toMatch(/\n|undefined|\[object/);
    }
    expect(performance.now() - start, `${use.title}, run ${run}`).toBeLessThan(2000);
  }
});
