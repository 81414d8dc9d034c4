import type { PlanesStart } from '../layer.js';
import type { WasmExports } from '../wasm/exports.js';
import type { Allocations, WasmMemory } from '../wasm/memory.js';
import { PLANE_KINDS, type PlaneFields, setPlane } from '../wasm/planes.js';
import { LANES, placeRows, ROW_KINDS, VECTOR } from '../wasm/rows.js';
import { joinsQuad, placeQuads } from './quads.js';

type Convolution = Extract<PlanesStart, { kind: 'convolution' }>;

/** Where a layer's planes come from. */
export interface PlacedStart {
  readonly neurons: number;
  /** Output channels, of which a neuron's sub-pixel is told; 1 without any. */
  readonly outputs: number;
  joins(lanes: readonly number[], neuron: number): boolean;
  /** The first plane of a stream: its fields, and how it becomes that of these neurons. `at` is the plane's record. */
  open(own: Allocations): { readonly fields: PlaneFields; prepare(at: number, lanes: readonly number[]): void };
}

export function placeStart(
  memory: WasmMemory,
  wasm: WasmExports,
  allocations: Allocations,
  start: PlanesStart,
): PlacedStart {
  return start.kind === 'values'
    ? placeValues(memory, wasm, allocations, start)
    : placeConvolution(memory, allocations, start);
}

function placeValues(
  memory: WasmMemory,
  wasm: WasmExports,
  allocations: Allocations,
  { input, neurons, height, width }: Extract<PlanesStart, { kind: 'values' }>,
): PlacedStart {
  const pixels = height * width;
  const planes = placeQuads(memory, wasm, allocations, { input, pixels, neurons });
  return {
    neurons,
    outputs: 1,
    joins: joinsQuad,
    open(own) {
      const rows = placeRows(memory, own, {
        kind: ROW_KINDS.dense,
        width,
        activations: own.place(Int32Array.of(0)),
        stride: width,
        scale: own.place(Float32Array.of(1, 1, 1, 1, 0, 0, 0, 0)),
      });
      return {
        fields: { kind: PLANE_KINDS.values, input: rows.at },
        prepare(_at, lanes) {
          const first = lanes[0] % LANES;
          rows.set({ input: planes + VECTOR * pixels * ((lanes[0] - first) / LANES) + 4 * first });
        },
      };
    },
  };
}

function placeConvolution(memory: WasmMemory, allocations: Allocations, start: Convolution): PlacedStart {
  const { transposed, inputShape, kernel, kernelSize, outputs, groups, stride, dilation, bias } = start;
  const [channels] = inputShape;
  const taps = kernelSize[0] * kernelSize[1];
  const perGroup = outputs / groups;
  const inputs = channels / groups;
  const placed = transposed ? placeTransposed(allocations, start) : placePadded(memory, allocations, start);
  const channelOf = (neuron: number) =>
    Math.floor((neuron % outputs) / perGroup) * inputs + Math.floor(neuron / outputs);

  return {
    neurons: inputs * outputs,
    outputs,
    joins: ([first], neuron) => channelOf(first) === channelOf(neuron),
    open(own) {
      // The taps' weights, and the biases in float32 and in float64.
      const vectors = own.allocate((taps + 3) * VECTOR);
      const biases = vectors + taps * VECTOR;
      return {
        fields: {
          kind: transposed ? PLANE_KINDS.transposed : PLANE_KINDS.convolution,
          kernel: vectors,
          bias: biases,
          kernelRows: kernelSize[0],
          kernelColumns: kernelSize[1],
          rowStep: stride[0],
          columnStep: stride[1],
          rowDilation: dilation[0],
          columnDilation: dilation[1],
          ...placed.fields,
        },
        prepare(at, lanes) {
          const channel = channelOf(lanes[0]);
          const values = memory.floats(vectors, LANES * (taps + 1)).fill(0);
          const exact = memory.doubles(biases + VECTOR, LANES).fill(0);
          for (const [lane, neuron] of lanes.entries()) {
            const [i, o] = [Math.floor(neuron / outputs), neuron % outputs];
            const from = taps * (transposed ? channel * perGroup + (o % perGroup) : o * inputs + i);
            for (let tap = 0; tap < taps; tap++) values[LANES * tap + lane] = kernel[from + tap];
            exact[lane] = bias[o] / inputs;
            values[LANES * taps + lane] = exact[lane];
          }
          setPlane(memory, at, { input: placed.input + placed.channelBytes * channel });
        },
      };
    },
  };
}

interface PlacedInput {
  readonly input: number;
  readonly channelBytes: number;
  readonly fields: PlaneFields;
}

/** Channels with zeros around, as far as taps reach, so that convolution needs no borders. */
function placePadded(memory: WasmMemory, allocations: Allocations, start: Convolution): PlacedInput {
  const { input, inputShape, kernelSize, stride, dilation, padding, height, width } = start;
  const [channels, rows, columns] = inputShape;
  const extent = (axis: 0 | 1, outputs: number) =>
    (outputs - 1) * stride[axis] + (kernelSize[axis] - 1) * dilation[axis] + 1;
  const [paddedRows, paddedColumns] = [extent(0, height), extent(1, width)];
  const floats = paddedRows * paddedColumns;
  const at = allocations.zeros(4 * channels * floats);
  const padded = memory.floats(at, channels * floats);
  const [top, left] = padding;
  const end = Math.min(columns, paddedColumns - left);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < Math.min(rows, paddedRows - top); y++) {
      const from = (channel * rows + y) * columns;
      padded.set(input.subarray(from, from + end), channel * floats + (y + top) * paddedColumns + left);
    }
  }
  return { input: at, channelBytes: 4 * floats, fields: { stride: paddedColumns } };
}

/** Channels as they are, with tables of the taps that reach each row and column of outputs. */
function placeTransposed(allocations: Allocations, start: Convolution): PlacedInput {
  const { input, inputShape, kernelSize, height, width } = start;
  const [, rows, columns] = inputShape;
  const down = placeTaps(allocations, start, 0, height, rows, kernelSize[1] * VECTOR, 4 * columns);
  const across = placeTaps(allocations, start, 1, width, columns, VECTOR, 4);
  return {
    input: allocations.place(input),
    channelBytes: 4 * rows * columns,
    fields: {
      rowCount: down.count,
      rowTaps: down.taps,
      rowMost: down.most,
      columnCount: across.count,
      columnTaps: across.taps,
      columnMost: across.most,
    },
  };
}

/** Tap i of input v reaches output stride · v + dilation · i − padding. */
function placeTaps(
  allocations: Allocations,
  { kernelSize, stride, dilation, padding }: Convolution,
  axis: 0 | 1,
  outputs: number,
  inputs: number,
  tapBytes: number,
  inputBytes: number,
) {
  const reaching = Array.from({ length: outputs }, (_, output) =>
    Array.from({ length: kernelSize[axis] }, (_, tap) => {
      const place = (output + padding[axis] - dilation[axis] * tap) / stride[axis];
      return Number.isInteger(place) && place >= 0 && place < inputs ? [tap * tapBytes, place * inputBytes] : [];
    }).filter((pair) => pair.length > 0),
  );
  const most = Math.max(1, ...reaching.map((pairs) => pairs.length));
  const table = new Int32Array(2 * outputs * most);
  for (const [output, pairs] of reaching.entries()) table.set(pairs.flat(), 2 * output * most);
  return {
    most,
    count: allocations.place(Int32Array.from(reaching, (pairs) => pairs.length)),
    taps: allocations.place(table),
  };
}
