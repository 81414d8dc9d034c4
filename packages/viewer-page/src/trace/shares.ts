import type { ConvSource, DenseSource } from '@xinc/kernels';
import type { LayerShare } from './questions.js';

/*
 * How a layer's neurons are split over T threads. Those of a dense layer go round in fours (a vector of the kernels), since
 * neighbours in the wall should not all be one thread's work; each thread holds its neurons' columns alone, as the input takes
 * tens of megabytes. A convolution's source is small: every thread holds all of it, asks about whole shares go to
 * consecutive kernels, and any thread can make any map.
 */
const LANES = 4;

/** Where a dense layer's neuron is. */
export function placeOf(neuron: number, threads: number): { readonly thread: number; readonly local: number } {
  const quad = Math.floor(neuron / LANES);
  return { thread: quad % threads, local: LANES * Math.floor(quad / threads) + (neuron % LANES) };
}

/** Which neuron of a dense layer a thread calls `local`. */
export function neuronAt(thread: number, local: number, threads: number): number {
  return LANES * (Math.floor(local / LANES) * threads + thread) + (local % LANES);
}

/** Neurons of a dense layer that one thread has. */
export function shareSize(thread: number, neurons: number, threads: number): number {
  let size = 0;
  for (let first = LANES * thread; first < neurons; first += LANES * threads) size += Math.min(LANES, neurons - first);
  return size;
}

/** First neuron of each thread's part of a convolution, and their number. */
export function convBounds(neurons: number, threads: number): number[] {
  const bounds = Array.from({ length: threads }, (_, thread) =>
    Math.min(neurons, LANES * Math.round((neurons * thread) / threads / LANES)),
  );
  return [...bounds, neurons];
}

export function sharesOf(source: DenseSource | ConvSource, threads: number): LayerShare[] {
  if (source.kind === 'dense') {
    return Array.from({ length: threads }, (_, thread) => {
      const size = shareSize(thread, source.neurons, threads);
      return { source: columnsOf(source, thread, threads, size), start: 0, end: size };
    });
  }
  const bounds = convBounds(source.inputShape[0] * source.outChannels, threads);
  return Array.from({ length: threads }, (_, thread) => ({
    // Each share is handed over, so each has its own copy.
    source: {
      ...source,
      input: source.input.slice(),
      kernel: source.kernel.slice(),
      bias: source.bias.slice(),
    },
    start: bounds[thread],
    end: bounds[thread + 1],
  }));
}

function columnsOf(source: DenseSource, thread: number, threads: number, size: number): DenseSource {
  const { input, pixels, neurons, scale } = source;
  const columns = Uint32Array.from({ length: size }, (_, local) => neuronAt(thread, local, threads));
  const own = new Float32Array(pixels * size);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const [from, to] = [pixel * neurons, pixel * size];
    for (let local = 0; local < size; local++) own[to + local] = input[from + columns[local]];
  }
  return { ...source, input: own, neurons: size, scale: Float32Array.from(columns, (neuron) => scale[neuron]) };
}
