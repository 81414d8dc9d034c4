import type { WasmExports } from '../wasm/exports.js';
import { Allocations, type WasmMemory } from '../wasm/memory.js';
import { LANES } from '../wasm/row-source.js';
import { type LaneLayer, type LaneStream, lanesOf } from './lane-stream.js';

/** Signed rows of any neurons, taken apart: [n, height, width], neuron-major. */
export function writeMaps(
  memory: WasmMemory,
  wasm: WasmExports,
  layer: LaneLayer,
  stream: LaneStream,
  neurons: ArrayLike<number>,
  { height, width }: { readonly height: number; readonly width: number },
  out: Float32Array,
): void {
  const own = new Allocations(memory);
  const pixels = height * width;
  try {
    const target = own.allocate(4 * LANES * pixels);
    let first = 0;
    for (const lanes of lanesOf(layer, neurons)) {
      stream.prepare(lanes);
      wasm.separate(stream.rows, height, width, lanes.length, target, 4 * pixels);
      out.set(memory.floats(target, lanes.length * pixels), first * pixels);
      first += lanes.length;
    }
  } finally {
    own.free();
    stream.free();
  }
}
