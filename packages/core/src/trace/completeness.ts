import type { Completeness } from '../analysis.js';
import { denseSums } from '../dense-sums.js';
import { XincError } from '../errors.js';
import {
  activationsRead,
  type ConvHook,
  type CustomHook,
  type DenseHook,
  type DerivedHook,
  type Inr,
  type LayerHook,
} from '../inr.js';
import type { NdArray } from '../ndarray.js';
import type { Network } from '../network.js';
import type { ContributionSource, KernelPool } from './contribution-source.js';
import { convSource } from './layer-source.js';

/** Pixels of a picture, evenly spread, on which the completeness of a layer of pixels is measured; all, if it has fewer. */
const SAMPLED_PIXELS = 4096;
/** Values of responses fetched at once: few enough for a cache. */
const RESPONSES_AT_ONCE = 2 ** 16;
/** Kernels of one input that are computed together, however large their planes are: a vector of them. */
const FEWEST_OUTPUTS = 4;

/**
 * Compares what neurons contribute, in the kernels' arithmetic, with what the engine computed, two implementations that share no code:
 * Σ_n c_{n→o}(p) = z_o(p) for every output o, before any activation (method §2, §3).
 */
export function measureCompleteness(
  network: Network,
  pool: KernelPool,
  hook: LayerHook,
  frame: number,
): Promise<Completeness> {
  if (hook.kind === 'dense') return denseCompleteness(network, hook, frame);
  if (hook.kind === 'conv') return convCompleteness(network, pool, hook, frame);
  return hook.kind === 'derived' && hook.preactivation !== undefined && hook.outputs !== undefined
    ? derivedCompleteness(network, pool, hook, hook.preactivation, frame)
    : customCompleteness(network, hook, frame);
}

/** A hook's own statement, of some pixels of the picture where the network draws single pixels. */
async function customCompleteness(
  { inr, parameters, evaluate }: Network,
  hook: CustomHook | DerivedHook,
  frame: number,
) {
  if (!hook.completeness) {
    throw new XincError(
      'unsupported',
      `The plugin of layer '${hook.id}' traces it, and does not tell its completeness`,
      {
        subject: hook.id,
      },
    );
  }
  const preactivation = hook.kind === 'derived' && hook.preactivation !== undefined ? [hook.preactivation] : [];
  const names = [...new Set([...activationsRead(hook), ...preactivation])];
  const activations = await evaluate(frame, names, sampledPixels(inr));
  return hook.completeness({ frame, signal: inr.signal, parameters, activations });
}

/** Pixels on which completeness is measured; all there are for a network of frames, which draws no fewer. */
function sampledPixels({ signal: { height, width }, sampling }: Inr): Uint32Array {
  const count = sampling === 'frames' ? height * width : Math.min(height * width, SAMPLED_PIXELS);
  return Uint32Array.from({ length: count }, (_, i) => Math.floor((i * height * width) / count));
}

/** A source of the kernels holds the contributions to one output; opening one for each takes minutes where there are hundreds. */
async function denseCompleteness({ inr, parameters, evaluate }: Network, hook: DenseHook, frame: number) {
  const activations = await evaluate(frame, [hook.input, hook.preactivation], sampledPixels(inr));
  const { data: z } = activations[hook.preactivation];
  const { data: weight, shape } = parameters[hook.weight];
  const [outputs, neurons] = shape;
  const { data: bias } = parameters[hook.bias];
  const { data: x } = activations[hook.input];
  const comparison = new Comparison();
  denseSums({ x, neurons, weight, outputStep: neurons, neuronStep: 1, bias, outputs }, 'float32', (sum, row, o) =>
    comparison.add(sum, z[row * outputs + o]),
  );
  return comparison;
}

async function convCompleteness(network: Network, pool: KernelPool, hook: ConvHook, frame: number) {
  const activations = await network.evaluate(frame, [hook.input, hook.preactivation]);
  const source = await pool.open(convSource(hook, network.parameters, activations), 'maps');
  return compareKernels(source, activations[hook.preactivation]);
}

async function derivedCompleteness(
  { inr: { signal }, parameters, evaluate }: Network,
  pool: KernelPool,
  hook: DerivedHook,
  preactivation: string,
  frame: number,
) {
  const activations = await evaluate(frame, [...new Set([...activationsRead(hook), preactivation])]);
  const region = { top: 0, left: 0, height: signal.height, width: signal.width };
  const source = await pool.open(hook.source({ frame, signal, parameters, activations }, region), 'maps');
  return compareKernels(source, activations[preactivation]);
}

/** Responses of kernels (in → out), added up over `in`, for some outputs at a time. @param z [1, outputs, h, w] */
async function compareKernels(source: ContributionSource, z: NdArray): Promise<Completeness> {
  const [, outputs, height, width] = z.shape;
  const area = height * width;
  const inputs = source.neurons / outputs;
  const together = Math.max(FEWEST_OUTPUTS, Math.floor(RESPONSES_AT_ONCE / area));
  let largestError = 0;
  let largestPreactivation = 0;
  for (let first = 0; first < outputs; first += together) {
    const count = Math.min(together, outputs - first);
    const sums = new Float64Array(count * area);
    for (let i = 0; i < inputs; i++) {
      const neurons = Array.from({ length: count }, (_, o) => i * outputs + first + o);
      const responses = await source.responses(neurons);
      for (let p = 0; p < sums.length; p++) sums[p] += responses[p];
    }
    for (let p = 0; p < sums.length; p++) {
      const preactivation = z.data[first * area + p];
      largestError = Math.max(largestError, Math.abs(sums[p] - preactivation));
      largestPreactivation = Math.max(largestPreactivation, Math.abs(preactivation));
    }
  }
  source.dispose();
  return { largestError, largestPreactivation };
}

class Comparison implements Completeness {
  largestError = 0;
  largestPreactivation = 0;

  add(sum: number, preactivation: number): void {
    this.largestError = Math.max(this.largestError, Math.abs(sum - preactivation));
    this.largestPreactivation = Math.max(this.largestPreactivation, Math.abs(preactivation));
  }
}
