import type { WasmExports } from '../wasm/exports.js';
import { Allocations, type WasmMemory } from '../wasm/memory.js';
import { LANES, VECTOR } from '../wasm/rows.js';

/** Bytes of input that are put in order at once: they stay in the nearest cache. But as many pixels at least, since each plane takes them in one run. */
const BLOCK = 2 ** 14;
const LEAST_PIXELS = 16;

/** Neurons of a plane of four follow one another. */
export const joinsQuad = (lanes: readonly number[], neuron: number): boolean =>
  neuron === lanes[0] + lanes.length && neuron % LANES !== 0;

/** An input [pixels, neurons] as planes of four neurons each: its address. A plane takes `VECTOR` bytes per pixel. */
export function placeQuads(
  memory: WasmMemory,
  wasm: WasmExports,
  allocations: Allocations,
  { input, pixels, neurons }: { readonly input: Float32Array; readonly pixels: number; readonly neurons: number },
): number {
  const planeBytes = VECTOR * pixels;
  // Lanes that begin within a vector reach past its end, here as in the block.
  const planes = allocations.allocate(planeBytes * Math.ceil(neurons / LANES) + VECTOR);
  memory.clear(planes + planeBytes * Math.ceil(neurons / LANES), VECTOR);
  const atOnce = Math.min(pixels, Math.max(LEAST_PIXELS, Math.floor(BLOCK / (4 * neurons))));
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
