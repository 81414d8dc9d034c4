import type { ConvSource } from '../layer.js';
import type { Region } from '../region.js';
import { ACTIVATION_CODES } from '../wasm/activation-codes.js';
import type { WasmExports } from '../wasm/exports.js';
import { Allocations, type WasmMemory } from '../wasm/memory.js';
import { LANES, placeMasks, placeRing, placeRows, ROW_KINDS, VECTOR } from '../wasm/rows.js';
import type { LaneLayer, LaneStream } from './lane-stream.js';
import { type Axis, planAxis, planSmoothings, type Smoothing } from './smoothing.js';

/** A smoothing inside a region: the weighted sums along both axes. */
interface PlannedStep {
  readonly smoothing: Smoothing;
  readonly rows: Axis;
  readonly columns: Axis;
  /** Whether the columns are all there, so that the quick form of scale 2, size 3 fits. */
  readonly whole: boolean;
}

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

  /** Rows of contributions, or with `region` at input resolution of responses alone. */
  const stream = (region: Region, contributions: boolean): LaneStream => {
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
      const refresh: (() => void)[] = [];
      let rows = responses;
      for (const [i, step] of steps.entries()) {
        const placed = placeStep(memory, wasm, own, step, rows.at, lanePhases, between && i === 0);
        placed.pick();
        if (step.smoothing.shuffle > 1) refresh.push(placed.pick);
        rows = placed.rows;
      }
      const maskOf = placeMasks(own);
      let phases: readonly number[] = [];

      return {
        rows: rows.at,
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
          if (refresh.length > 0) {
            const wanted = outs.map((out) => out % shuffle ** 2);
            if (wanted.length !== phases.length || wanted.some((phase, lane) => phase !== phases[lane])) {
              phases = wanted;
              const ints = memory.ints(lanePhases, 2 * LANES);
              for (const [lane, phase] of wanted.entries()) {
                ints[lane] = Math.floor(phase / shuffle);
                ints[LANES + lane] = phase % shuffle;
              }
              for (const pick of refresh) pick();
            }
          }
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
    contributions: (region) => stream(region, true),
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

/** Backwards from the region: what each step has to give is what the next one reads. */
function planSteps(smoothings: readonly Smoothing[], start: readonly [number, number], region: Region): PlannedStep[] {
  const extents = [start];
  for (const { shuffle, scale } of smoothings) {
    const [height, width] = extents.at(-1)!;
    extents.push([height * shuffle * scale, width * shuffle * scale]);
  }
  const steps: PlannedStep[] = [];
  let wanted: Region = region;
  for (let i = smoothings.length - 1; i >= 0; i--) {
    const [height, width] = extents[i];
    const rows = planAxis(smoothings[i], height, wanted.top, wanted.top + wanted.height);
    const columns = planAxis(smoothings[i], width, wanted.left, wanted.left + wanted.width);
    const step = { smoothing: smoothings[i], rows, columns, whole: wanted.width === extents[i + 1][1] };
    steps.unshift(step);
    wanted = windowOf(step);
  }
  return steps;
}

function windowOf({ rows, columns }: PlannedStep): Region {
  return { top: rows.from, left: columns.from, height: rows.to - rows.from, width: columns.to - columns.from };
}

/** A step in WebAssembly memory, reading `from`. `pick` sets its weights to those of the lanes' sub-pixels. */
function placeStep(
  memory: WasmMemory,
  wasm: WasmExports,
  own: Allocations,
  { smoothing, rows, columns, whole }: PlannedStep,
  from: number,
  lanePhases: number,
  between: boolean,
) {
  const { shuffle, scale, size, activations } = smoothing;
  const width = columns.to - columns.from;
  const outWidth = columns.offset.length;
  const placeAxis = ({ offset, count, taps, weights }: Axis, phases: number) => {
    const table = own.place(weights);
    const vectors = weights.length / shuffle;
    const picked = own.allocate(vectors * VECTOR);
    const pick = () => wasm.pickWeights(table, vectors, shuffle, phases, picked);
    return { fields: { offset: own.place(offset), count: own.place(count), weights: picked, taps }, pick };
  };
  const across = placeAxis(columns, lanePhases + VECTOR);
  const down = placeAxis(rows, lanePhases);
  // Outputs 2 and 3 of a wide plane, which no border is near, or of the same step on one.
  const inner = planAxis(smoothing, 4, 2, 4);
  const quick = whole && shuffle * scale === 2 && size === 3 ? placeAxis(inner, lanePhases + VECTOR) : undefined;
  const slotCount = rows.count.reduce((most, count) => Math.max(most, count), 1);
  const ring = placeRing(memory, own, {
    from,
    buffer: own.zeros((width + 2) * VECTOR) + VECTOR,
    slots: own.allocate(slotCount * outWidth * VECTOR),
    slotCount,
    width: outWidth,
    ...across.fields,
    quick: quick?.fields.weights ?? 0,
  });
  return {
    rows: placeRows(memory, own, {
      kind: ROW_KINDS.smoothed,
      width: outWidth,
      activations: own.place(Int32Array.of(...activations.map((name) => ACTIVATION_CODES[name]), 0)),
      ring,
      ...down.fields,
      ...(between && {
        between: own.place(Float32Array.of(0.5)),
        rowShares: own.place(rows.shares),
        columnShares: own.place(columns.shares),
      }),
    }),
    pick() {
      across.pick();
      down.pick();
      quick?.pick();
    },
  };
}
