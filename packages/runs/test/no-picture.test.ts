import { type Inr, ndarray, type Signal } from '@xinc/core';
import { createLocalPool, createTracer, initializeParameters, type Network } from '@xinc/core/trace';
import model from '@xinc/model-ffn';
import { expect, onTestFinished, test } from 'vitest';
import { analysisContext } from '../src/analyze/analysis-context.js';
import { runArrays } from '../src/open/run-arrays.js';

const [height, width] = [3, 4];
const shape = { kind: 'image', frames: 1, height, width } as const;

/** A network whose picture is scaled by a weight after its last layer, and whose activation makes a number of NaN. */
function scaledNetwork(scale: number): Network {
  const ffn = model.build(model.config.parse({ fourierFeatures: 4, width: 3 }), shape);
  const inr: Inr = {
    ...ffn,
    parameters: [
      ...ffn.parameters,
      { name: 'scale', shape: [1], init: { kind: 'constant', value: 1 }, trainable: true },
    ],
    forward(ops, parameters, inputs) {
      const { output, activations } = ffn.forward(ops, parameters, inputs);
      return { output: ops.relu(ops.mul(output, parameters.scale)), activations };
    },
  };
  return {
    inr,
    parameters: { ...initializeParameters(inr.parameters, 0), scale: ndarray([1], Float32Array.of(scale)) },
    reconstruct: async () => ({ height, width, rgb: new Float32Array(3 * height * width) }),
    evaluate: () => Promise.reject(new Error('must not be asked')),
    dispose: async () => {},
  };
}

const why = "the weights 'scale' hold NaN at position 0";

async function tracerOf(network: Network) {
  const pool = await createLocalPool();
  onTestFinished(() => pool.dispose());
  return createTracer(network, pool);
}

/** What an analysis may ask of a run of this network. */
async function contextOf(network: Network) {
  const tracer = await tracerOf(network);
  const gathered = { frames: [0], labels: new Map(), statistics: new Map(), failed: new Map() };
  return analysisContext(tracer, { shape } as Signal, 0, gathered);
}

test('a network whose weights break its picture and no layer is analysed, but for its picture', async () => {
  const context = await contextOf(scaledNetwork(Number.NaN));
  expect(context.layers.map(({ id }) => id)).toEqual(['layer1', 'layer2', 'layer3']);
  const { rgb } = await context.reconstruction(0);
  expect(new Set(rgb)).toEqual(new Set([Number.NaN]));
  await expect(context.ablate!('layer1', 0, [])).rejects.toMatchObject({
    code: 'numeric',
    message: `The network draws no picture to compare with: ${why}`,
  });
});

test('a network without a picture is not exported as arrays', async () => {
  await expect(runArrays(await tracerOf(scaledNetwork(Number.NaN)), { frame: 0 })).rejects.toMatchObject({
    code: 'numeric',
    message: `The network draws no picture: ${why}`,
  });
});

test('a network of numbers draws its picture', async () => {
  const context = await contextOf(scaledNetwork(0.5));
  for (const { rgb } of [await context.reconstruction(0), await context.ablate!('layer1', 0, [])]) {
    expect(new Set(rgb)).toEqual(new Set([0]));
  }
});
