import { type Arrays, meanSquaredError, psnrOfError } from '@xinc/core';
import {
  clampFrame,
  createLocalPool,
  createNetwork,
  createTracer,
  type KernelPool,
  type Network,
  type Tracer,
} from '@xinc/core/trace';
import { afterAll, beforeAll, expect } from 'vitest';
import { formatPsnr } from '../../../viewer-page/src/color/number-format.js';
import type { MadeRun, Workbench } from '../server/made-runs.js';

/** A layer as the tracer of the command line sees it on a frame. */
interface TracedLayer {
  readonly neurons: number;
  readonly height: number;
  readonly width: number;
  /** c_n of every neuron, signed, [N, H · W]. */
  readonly maps: Float32Array;
  map(neuron: number): Float32Array;
  /** c_n(p) of every neuron, [N]. */
  at(row: number, column: number): Float32Array;
  /** Σ_p |c_n(p)| over some pixels, [N]. */
  sums(pixels: Iterable<number>): Float64Array;
}

/** Σ_n | |c_n(now)| − |c_n(before)| | of each pixel, [H · W]. */
export function changeBetween(before: TracedLayer, now: TracedLayer): Float64Array {
  const change = new Float64Array(now.height * now.width);
  for (let i = 0; i < now.maps.length; i++)
    change[i % change.length] += Math.abs(Math.abs(now.maps[i]) - Math.abs(before.maps[i]));
  return change;
}

export interface Reference {
  tracer(made: MadeRun): Promise<Tracer>;
  network(made: MadeRun): Promise<Network>;
  /** PSNR of the picture that a run's network draws, with these weights if given, as the page writes it. */
  psnr(made: MadeRun, frame: number, weights?: Arrays): Promise<string>;
  layer(made: MadeRun, layer: string, frame?: number): Promise<TracedLayer>;
}

/** What numbers on screen are compared with; ended after the tests of the file. */
export function reference(bench: Workbench): Reference {
  let pool: KernelPool;
  const networks: Network[] = [];
  beforeAll(async () => {
    pool = await createLocalPool();
  });
  afterAll(async () => {
    for (const network of networks) await network.dispose();
    pool?.dispose();
  });
  const network = async ({ inr, run }: MadeRun) => {
    const made = createNetwork(inr, await run.weights(inr.parameters), bench.engine);
    networks.push(made);
    return made;
  };
  const tracer = async (made: MadeRun) => createTracer(await network(made), pool);
  return {
    network,
    tracer,
    async psnr(made, frame, weights) {
      const drawn = clampFrame(await (await network(made)).reconstruct(frame, weights));
      return formatPsnr(psnrOfError(meanSquaredError(drawn, made.frame(frame))));
    },
    async layer(made, layer, frame = 0) {
      const traced = await tracer(made);
      const { neurons } = traced.layers.find(({ id }) => id === layer)!;
      const { height, width } = made.inr.signal;
      const pixels = height * width;
      const every = Array.from({ length: neurons }, (_, neuron) => neuron);
      const maps = await traced.maps(layer, frame, every);
      const map = (neuron: number) => maps.subarray(neuron * pixels, (neuron + 1) * pixels);
      return {
        neurons,
        height,
        width,
        maps,
        map,
        at: (row, column) => Float32Array.from(every, (neuron) => map(neuron)[row * width + column]),
        sums(some) {
          const list = [...some];
          return Float64Array.from(every, (neuron) => list.reduce((sum, p) => sum + Math.abs(map(neuron)[p]), 0));
        },
      };
    },
  };
}

/** Float32 arithmetic in another order: within two millionths of the largest value. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-6): void {
  expect(actual.length).toBe(expected.length);
  let [largest, worst, unknown] = [0, 0, 0];
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    if (Number.isNaN(actual[i])) unknown++;
  }
  expect(unknown).toBe(0);
  expect(largest).toBeGreaterThan(0);
  expect(worst / largest).toBeLessThan(tolerance);
}
