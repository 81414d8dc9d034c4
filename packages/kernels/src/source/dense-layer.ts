import type { DenseSource } from '../layer.js';
import { ACTIVATION_CODES } from '../wasm/activation-codes.js';
import type { WasmExports } from '../wasm/exports.js';
import { Allocations, type WasmMemory } from '../wasm/memory.js';
import { LANES, placeMasks, placeRows, ROW_KINDS, VECTOR } from '../wasm/rows.js';
import type { LaneLayer, LaneStream } from './lane-stream.js';

/** Bytes of input that are put in order at once. */
const BLOCK = 2 ** 16;

/** The input is kept as planes of four neurons each, so that a map is one walk through memory. */
export function openDense(memory: WasmMemory, wasm: WasmExports, source: DenseSource): LaneLayer {
  const { neurons, pixels, scale, offset } = source;
  const width = source.width ?? pixels;
  const height = pixels / width;
  const allocations = new Allocations(memory);
  const planeBytes = VECTOR * pixels;
  const planes = allocations.guard(() => placePlanes(memory, wasm, allocations, source));

  const stream = (region: { top: number; left: number; width: number }, code: number): LaneStream => {
    const own = new Allocations(memory);
    return own.guard(() => {
      const factors = own.allocate(2 * VECTOR);
      const maskOf = placeMasks(own);
      const rows = placeRows(memory, own, {
        kind: ROW_KINDS.dense,
        width: region.width,
        activations: own.place(Int32Array.of(code, 0)),
        stride: width,
        scale: factors,
      });
      return {
        rows: rows.at,
        prepare(lanes) {
          const first = lanes[0] % LANES;
          const values = memory.floats(factors, 2 * LANES);
          for (let lane = 0; lane < LANES; lane++) {
            values[lane] = lane < lanes.length ? scale[lanes[lane]] : 0;
            values[LANES + lane] = offset;
          }
          const plane = planes + planeBytes * ((lanes[0] - first) / LANES);
          rows.set({
            input: plane + VECTOR * (region.top * width + region.left) + 4 * first,
            mask: maskOf(lanes.length),
          });
        },
        free: () => own.free(),
      };
    });
  };

  return {
    neurons,
    height,
    width,
    responseHeight: height,
    responseWidth: width,
    contributions: (region) => stream(region, source.activation ? ACTIVATION_CODES[source.activation] : 0),
    responses: (region) => stream(region, 0),
    joins: (lanes, neuron) => neuron === lanes[0] + lanes.length && neuron % LANES !== 0,
    free: () => allocations.free(),
  };
}

function placePlanes(
  memory: WasmMemory,
  wasm: WasmExports,
  allocations: Allocations,
  { input, pixels, neurons }: DenseSource,
): number {
  const planeBytes = VECTOR * pixels;
  // Lanes that begin within a vector reach past its end, here as in the block.
  const planes = allocations.allocate(planeBytes * Math.ceil(neurons / LANES) + VECTOR);
  memory.clear(planes + planeBytes * Math.ceil(neurons / LANES), VECTOR);
  const atOnce = Math.max(1, Math.floor(BLOCK / (4 * neurons)));
  const own = new Allocations(memory);
  own.guard(() => {
    const block = own.zeros(4 * neurons * atOnce + VECTOR);
    for (let first = 0; first < pixels; first += atOnce) {
      const count = Math.min(atOnce, pixels - first);
      const values = input.subarray(first * neurons, (first + count) * neurons);
      memory.floats(block, values.length).set(values);
      wasm.interleave(block, count, neurons, planes + VECTOR * first, planeBytes);
    }
  });
  own.free();
  return planes;
}
