import type { Completeness } from '../analysis.js';
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
import type { Network } from '../network.js';
import type { ContributionSource, KernelPool } from './contribution-source.js';
import { convSource, denseSource } from './layer-source.js';

/** Pixels of a picture, evenly spread, on which the completeness of a layer of pixels is measured; all, if it has fewer. */
const SAMPLED_PIXELS = 4096;
/** Values of responses fetched at once: few enough for a cache. */
const RESPONSES_AT_ONCE = 2 ** 16;

/**
 * Compares what the kernels compute with what the engine computed, two implementations that share no code:
 * Σ_n c_{n→o}(p) = z_o(p) for every output o, before any activation (method §2, §3).
 */
export function measureCompleteness(
  network: Network,
  pool: KernelPool,
  hook: LayerHook,
  frame: number,
): Promise<Completeness> {
  if (hook.kind === 'dense') return denseCompleteness(network, pool, hook, frame);
  if (hook.kind === 'conv') return convCompleteness(network, pool, hook, frame);
  return customCompleteness(network, hook, frame);
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
  const activations = await evaluate(frame, activationsRead(hook), sampledPixels(inr));
  return hook.completeness({ frame, signal: inr.signal, parameters, activations });
}

/** Pixels on which completeness is measured; all there are for a network of frames, which draws no fewer. */
function sampledPixels({ signal: { height, width }, sampling }: Inr): Uint32Array {
  const count = sampling === 'frames' ? height * width : Math.min(height * width, SAMPLED_PIXELS);
  return Uint32Array.from({ length: count }, (_, i) => Math.floor((i * height * width) / count));
}

async function denseCompleteness(network: Network, pool: KernelPool, hook: DenseHook, frame: number) {
  const pixels = sampledPixels(network.inr);
  const count = pixels.length;
  const activations = await network.evaluate(frame, [hook.input, hook.preactivation], pixels);
  const { data: z, shape } = activations[hook.preactivation];
  const outputs = shape[1];
  const comparison = new Comparison();
  for (let o = 0; o < outputs; o++) {
    const source = await pool.open(denseSource(hook, network.parameters, activations, { pixels: count }, o));
    const sums = await sumOfResponses(source, allNeurons(source.neurons), count);
    source.dispose();
    for (let p = 0; p < count; p++) comparison.add(sums[p], z[p * outputs + o]);
  }
  return comparison;
}

async function convCompleteness(network: Network, pool: KernelPool, hook: ConvHook, frame: number) {
  const activations = await network.evaluate(frame, [hook.input, hook.preactivation]);
  const { data: z, shape } = activations[hook.preactivation];
  const [, outputs, height, width] = shape;
  const source = await pool.open(convSource(hook, network.parameters, activations));
  const comparison = new Comparison();
  const area = height * width;
  const inputs = source.neurons / outputs;
  for (let o = 0; o < outputs; o++) {
    const sums = await sumOfResponses(
      source,
      Array.from({ length: inputs }, (_, i) => i * outputs + o),
      area,
    );
    for (let p = 0; p < area; p++) comparison.add(sums[p], z[o * area + p]);
  }
  source.dispose();
  return comparison;
}

/** Σ over neurons, [P], in float64. */
async function sumOfResponses(source: ContributionSource, neurons: readonly number[], pixels: number) {
  const sums = new Float64Array(pixels);
  const atOnce = Math.max(1, Math.floor(RESPONSES_AT_ONCE / pixels));
  for (let first = 0; first < neurons.length; first += atOnce) {
    const responses = await source.responses(neurons.slice(first, first + atOnce));
    for (let start = 0; start < responses.length; start += pixels) {
      const one = responses.subarray(start, start + pixels);
      for (let p = 0; p < pixels; p++) sums[p] += one[p];
    }
  }
  return sums;
}

function allNeurons(neurons: number): number[] {
  return Array.from({ length: neurons }, (_, n) => n);
}

class Comparison implements Completeness {
  largestError = 0;
  largestPreactivation = 0;

  add(sum: number, preactivation: number): void {
    this.largestError = Math.max(this.largestError, Math.abs(sum - preactivation));
    this.largestPreactivation = Math.max(this.largestPreactivation, Math.abs(preactivation));
  }
}
