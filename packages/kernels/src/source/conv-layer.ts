import type { ConvSource } from '../layer.js';
import type { Region } from '../region.js';
import { ACTIVATION_CODES, activationOfZero } from '../wasm/activation-codes.js';
import type { WasmExports } from '../wasm/exports.js';
import { Allocations, type WasmMemory } from '../wasm/memory.js';
import { LANES, ROW_KINDS, ROW_SOURCE_BYTES, VECTOR, writeMask, writeRowSource } from '../wasm/row-source.js';
import type { LaneLayer, LaneStream } from './lane-stream.js';
import { type Axis, planAxis, planSmoothings, type Smoothing } from './smoothing.js';

/** A smoothing inside a region: which window it reads and its sums, in WebAssembly memory. */
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
  const { outChannels, kernelSize, kernel, bias, shuffle } = source;
  const smoothings = planSmoothings(source.path);
  const scale = smoothings.reduce((product, smoothing) => product * smoothing.scale, shuffle);
  const allocations = new Allocations(memory);
  const margin = (kernelSize - 1) / 2;
  const stride = width + 2 * margin;
  const channelFloats = stride * (height + 2 * margin);
  const input = padChannels(memory, allocations, source, margin);

  /** Rows of contributions, or with `region` at input resolution of responses alone. */
  const stream = (region: Region, contributions: boolean): LaneStream => {
    const own = new Allocations(memory);
    const steps = contributions ? planSteps(smoothings, [height * shuffle, width * shuffle], region) : [];
    const cells = contributions ? shuffle : 1;
    // What the first step reads of the scattered plane, and what that takes of the response.
    const plane = steps.length > 0 ? windowOf(steps[0]) : region;
    const response = {
      top: Math.floor(plane.top / cells),
      left: Math.floor(plane.left / cells),
      bottom: Math.ceil((plane.top + plane.height) / cells),
      right: Math.ceil((plane.left + plane.width) / cells),
    };
    const [responseRows, responseColumns] = [response.bottom - response.top, response.right - response.left];
    const responsePlane = own.allocate(responseRows * responseColumns * VECTOR);
    const scattered = cells > 1 ? own.allocate(plane.height * plane.width * VECTOR) : responsePlane;
    const weights = own.allocate(kernelSize ** 2 * VECTOR);
    const offsets = own.allocate(VECTOR);
    const places = own.allocate(2 * LANES * 4);
    const mask = own.allocate(VECTOR);
    const rows = own.allocate(ROW_SOURCE_BYTES);
    const buffer = own.allocate(region.width * VECTOR);
    const code = contributions && source.activation ? ACTIVATION_CODES[source.activation] : 0;
    const between = contributions ? activationOfZero(source.activation) : 0;
    const run = steps.map((step, i) => placeStep(own, step, i === steps.length - 1));
    const last = run.at(-1);
    writeRowSource(
      memory,
      rows,
      last
        ? { kind: ROW_KINDS.smoothed, plane: last.across, width: region.width, ...last.down, mask, buffer }
        : { kind: ROW_KINDS.plane, plane: scattered, width: region.width, mask, buffer },
    );

    return {
      rows,
      prepare(neurons) {
        const channel = Math.floor(neurons[0] / outChannels);
        const factors = memory.floats(weights, kernelSize ** 2 * LANES);
        const shares = memory.floats(offsets, LANES);
        const positions = memory.ints(places, 2 * LANES);
        factors.fill(0);
        for (let lane = 0; lane < LANES; lane++) {
          // Lanes without a neuron repeat the last one's place; their values are masked.
          const out = neurons[Math.min(lane, neurons.length - 1)] % outChannels;
          const first = (out * channels + channel) * kernelSize ** 2;
          for (let t = 0; t < kernelSize ** 2; t++) factors[t * LANES + lane] = kernel[first + t];
          shares[lane] = bias[out] / channels;
          const cell = out % (cells * cells);
          positions[2 * lane] = Math.floor(cell / cells);
          positions[2 * lane + 1] = cell % cells;
        }
        writeMask(memory, mask, neurons.length);
        wasm.respond(
          input + 4 * channel * channelFloats,
          stride,
          response.top,
          response.bottom,
          response.left,
          response.right,
          kernelSize,
          weights,
          offsets,
          responsePlane,
        );
        if (code) wasm.activate(responsePlane, responseRows * responseColumns, code);
        if (cells > 1) {
          wasm.fill(scattered, plane.height * plane.width, between);
          wasm.scatter(
            responsePlane,
            response.top,
            response.left,
            responseRows,
            responseColumns,
            cells,
            places,
            scattered,
            plane.top,
            plane.left,
            plane.height,
            plane.width,
          );
        }
        let current = scattered;
        for (const step of run) {
          for (const activation of step.activations) wasm.activate(current, step.height * step.width, activation);
          const { offset, count, weights: factors, taps } = step.acrossSums;
          if (step.quick) wasm.smoothRows2x3(current, step.height, step.width, step.across);
          else {
            wasm.smoothRows(current, step.height, step.width, step.across, step.outWidth, offset, count, factors, taps);
          }
          if (step.result) {
            const { down } = step;
            wasm.smoothColumns(
              step.across,
              step.outWidth,
              step.result,
              step.outHeight,
              down.offset,
              down.count,
              down.weights,
              down.taps,
            );
            current = step.result;
          }
        }
      },
      free: () => own.free(),
    };
  };

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

/** Backwards from the region: what each step has to give is what the next one reads. */
function planSteps(smoothings: readonly Smoothing[], start: readonly [number, number], region: Region): PlannedStep[] {
  const extents = [start];
  for (const { scale } of smoothings) {
    const [height, width] = extents.at(-1)!;
    extents.push([height * scale, width * scale]);
  }
  const steps: PlannedStep[] = [];
  let wanted: Region = region;
  for (let i = smoothings.length - 1; i >= 0; i--) {
    const [height, width] = extents[i];
    const rows = planAxis(smoothings[i], height, wanted.top, wanted.top + wanted.height);
    const columns = planAxis(smoothings[i], width, wanted.left, wanted.left + wanted.width);
    const step = { smoothing: smoothings[i], rows, columns, whole: wanted.width === width * smoothings[i].scale };
    steps.unshift(step);
    wanted = windowOf(step);
  }
  return steps;
}

function windowOf({ rows, columns }: PlannedStep): Region {
  return { top: rows.from, left: columns.from, height: rows.to - rows.from, width: columns.to - columns.from };
}

function placeStep(own: Allocations, step: PlannedStep, last: boolean) {
  const { smoothing, rows, columns, whole } = step;
  const { height, width } = windowOf(step);
  const [outHeight, outWidth] = [rows.offset.length, columns.offset.length];
  const placeAxis = ({ offset, count, weights, taps }: Axis) => ({
    offset: own.place(offset),
    count: own.place(count),
    weights: own.place(weights),
    taps,
  });
  return {
    activations: smoothing.activations.map((activation) => ACTIVATION_CODES[activation]),
    height,
    width,
    outHeight,
    outWidth,
    quick: whole && smoothing.scale === 2 && smoothing.size === 3,
    acrossSums: placeAxis(columns),
    down: placeAxis(rows),
    /** Smoothed along rows. */
    across: own.allocate(height * outWidth * VECTOR),
    /** Smoothed along columns as well; the last step's rows are made when they are read. */
    result: last ? 0 : own.allocate(outHeight * outWidth * VECTOR),
  };
}
