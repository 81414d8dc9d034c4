import type { ConvSource } from '../layer.js';
import type { Region } from '../region.js';
import { ACTIVATION_CODES } from '../wasm/activation-codes.js';
import type { WasmExports } from '../wasm/exports.js';
import { Allocations, type WasmMemory } from '../wasm/memory.js';
import { LANES, placeMasks, placeRows, ROW_KINDS, VECTOR } from '../wasm/rows.js';
import type { LaneLayer, LaneStream } from './lane-stream.js';
import { planSmoothings, planSteps, windowOf } from './smoothing.js';
import { type PlacedStep, placeStep } from './smoothing-steps.js';
import { placeRepeats, wayOfAll, waysOfDistinct } from './ways.js';

/** Kernels of one input channel share its values: four are one vector. */
export function openConv(memory: WasmMemory, wasm: WasmExports, source: ConvSource): LaneLayer {
  const [channels, height, width] = source.inputShape;
  const { outChannels, kernelSize, shuffle } = source;
  const [activations, smoothings] = planSmoothings(shuffle, source.activation, source.path);
  const scale = smoothings.reduce((product, step) => product * step.shuffle * step.scale, 1);
  const allocations = new Allocations(memory);
  const margin = (kernelSize - 1) / 2;
  const stride = width + 2 * margin;
  const channelFloats = stride * (height + 2 * margin);
  const taps = kernelSize ** 2;
  // Four weights of a tap are one vector, wherever in a row of them it begins: the last one reaches past the channels.
  const outStride = outChannels + LANES - 1;
  const [input, kernel, bias] = allocations.guard(() => [
    padChannels(memory, allocations, source, margin),
    placeKernels(memory, allocations, source, outStride),
    placeBiases(memory, allocations, source, outStride),
  ]);

  // Rows that sum nothing are left out where an activation makes 0 of 0.
  const zerosStay = !activations.concat(...smoothings.slice(0, -1).map((step) => step.activations)).includes('sigmoid');

  /** Rows of contributions, or with `region` at input resolution of responses alone. */
  const stream = (region: Region, contributions: boolean, distinct = false): LaneStream => {
    const own = new Allocations(memory);
    return own.guard(() => {
      const steps = contributions ? planSteps(smoothings, [height, width], region) : [];
      const window = steps.length > 0 ? windowOf(steps[0]) : region;
      // What a scattered activation leaves between its values, it adds to everything: sigmoid(0) is one half.
      const between = contributions && shuffle > 1 && activations[0] === 'sigmoid';
      const codes = (contributions ? activations : []).map((name) => ACTIVATION_CODES[name]);
      if (between) codes[0] = ACTIVATION_CODES.sigmoidLessHalf;
      const ownKernel = own.allocate((taps + 1) * VECTOR);
      const responses = placeRows(memory, own, {
        kind: ROW_KINDS.responses,
        width: window.width,
        activations: own.place(Int32Array.of(...codes, 0)),
        stride,
        size: kernelSize,
      });
      const lanePhases = own.zeros(2 * VECTOR);
      const bySubPixel = distinct && zerosStay && steps.length > 0 ? waysOfDistinct(steps, shuffle) : [];
      const ways = [wayOfAll(steps, shuffle), ...bySubPixel.filter((way) => way !== undefined)];
      const placed: PlacedStep[] = [];
      let rows = responses;
      for (const [i, step] of steps.entries()) {
        const ofStep = ways.map((way) => way.steps[i]);
        placed.push(placeStep(memory, wasm, own, step, ofStep, rows.at, lanePhases, between && i === 0 ? 0.5 : 0));
        rows = placed[i].rows;
      }
      const repeats = ways.map((way) => rows.setter(placeRepeats(own, way)));
      const maskOf = placeMasks(own);
      let phases: readonly number[] = [];

      /** Sets the steps to these sub-pixels of cells. */
      const usePhases = (wanted: readonly number[]): void => {
        phases = wanted;
        const vertical = wanted.map((phase) => Math.floor(phase / shuffle));
        const ints = memory.ints(lanePhases, 2 * LANES);
        for (const [lane, phase] of wanted.entries()) {
          ints[lane] = vertical[lane];
          ints[LANES + lane] = phase % shuffle;
        }
        const way = vertical.every((phase) => phase === vertical[0]) ? bySubPixel[vertical[0]] : undefined;
        const number = way ? ways.indexOf(way) : 0;
        for (const step of placed) step.use(number);
        repeats[number]();
      };

      return {
        rows: rows.at,
        rowsKept: ways.reduce((most, { repeats }) => Math.max(most, repeats?.kept ?? 0), 0),
        prepare(lanes) {
          const channel = Math.floor(lanes[0] / outChannels);
          const outs = lanes.map((neuron) => neuron % outChannels);
          const first = channel * channelFloats + window.top * stride + window.left;
          const consecutive = outs.every((out, lane) => out === outs[0] + lane);
          if (!consecutive) gatherKernels(memory, ownKernel, channel, outs);
          responses.set({
            input: input + 4 * first,
            ...(consecutive
              ? {
                  kernel: kernel + 4 * (channel * taps * outStride + outs[0]),
                  tapBytes: 4 * outStride,
                  bias: bias + 4 * outs[0],
                }
              : { kernel: ownKernel, tapBytes: VECTOR, bias: ownKernel + taps * VECTOR }),
          });
          rows.set({ mask: maskOf(lanes.length) });
          if (placed.length === 0) return;
          const wanted = outs.map((out) => out % shuffle ** 2);
          if (wanted.length !== phases.length || wanted.some((phase, lane) => phase !== phases[lane]))
            usePhases(wanted);
        },
        free: () => own.free(),
      };
    });
  };

  /** Weights and bias shares of kernels that do not follow one another. */
  function gatherKernels(memory: WasmMemory, target: number, channel: number, outs: readonly number[]): void {
    const values = memory.floats(target, LANES * (taps + 1));
    const weights = memory.floats(kernel + 4 * channel * taps * outStride, taps * outStride);
    const shares = memory.floats(bias, outStride);
    for (const [lane, out] of outs.entries()) {
      for (let t = 0; t < taps; t++) values[LANES * t + lane] = weights[t * outStride + out];
      values[LANES * taps + lane] = shares[out];
    }
  }

  return {
    neurons: channels * outChannels,
    height: height * scale,
    width: width * scale,
    responseHeight: height,
    responseWidth: width,
    equalRows: JSON.stringify([source.inputShape, outChannels, shuffle, zerosStay, source.path]),
    contributions: (region, distinct) => stream(region, true, distinct),
    responses: (region) => stream(region, false),
    joins: ([first], neuron) => Math.floor(first / outChannels) === Math.floor(neuron / outChannels),
    free: () => allocations.free(),
  };
}

/** The input with zeros around every channel, so that convolution needs no borders. */
function padChannels(memory: WasmMemory, allocations: Allocations, source: ConvSource, margin: number): number {
  const [channels, height, width] = source.inputShape;
  const stride = width + 2 * margin;
  const rows = height + 2 * margin;
  const at = allocations.zeros(4 * channels * rows * stride);
  const padded = memory.floats(at, channels * rows * stride);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      const from = (channel * height + y) * width;
      padded.set(source.input.subarray(from, from + width), (channel * rows + y + margin) * stride + margin);
    }
  }
  return at;
}

/** [C_in, k², C_out and room for a vector] */
function placeKernels(memory: WasmMemory, allocations: Allocations, source: ConvSource, outStride: number): number {
  const { outChannels, kernel } = source;
  const [channels] = source.inputShape;
  const taps = source.kernelSize ** 2;
  const at = allocations.zeros(4 * channels * taps * outStride);
  const values = memory.floats(at, channels * taps * outStride);
  for (let out = 0; out < outChannels; out++) {
    for (let i = 0; i < channels * taps; i++) values[i * outStride + out] = kernel[out * channels * taps + i];
  }
  return at;
}

/** b[o] / C_in */
function placeBiases(memory: WasmMemory, allocations: Allocations, source: ConvSource, outStride: number): number {
  const at = allocations.zeros(4 * outStride);
  memory.floats(at, source.outChannels).set(source.bias.map((bias) => bias / source.inputShape[0]));
  return at;
}
