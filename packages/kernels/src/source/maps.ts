import type { WasmExports } from '../wasm/exports.js';
import { Allocations, type WasmMemory } from '../wasm/memory.js';
import { LANES, VECTOR } from '../wasm/rows.js';
import { type LaneLayer, type LaneStream, lanesOf } from './lane-stream.js';

/** Values that are taken out of WebAssembly memory at once: one pixel of many neurons, or large maps by fours. */
const AT_ONCE = 2 ** 16;

/** Signed rows of any neurons, taken apart: [n, height, width], neuron-major. */
export function writeMaps(
  memory: WasmMemory,
  wasm: WasmExports,
  layer: LaneLayer,
  stream: LaneStream,
  neurons: ArrayLike<number>,
  { height, width }: { readonly height: number; readonly width: number },
  out: Float32Array,
): Float32Array {
  const own = new Allocations(memory);
  const pixels = height * width;
  const room = Math.max(LANES, Math.floor(AT_ONCE / pixels));
  try {
    const buffer = own.allocate(VECTOR * width);
    const target = own.allocate(4 * pixels * room);
    let [written, waiting] = [0, 0];
    const take = () => {
      out.set(memory.floats(target, waiting * pixels), written * pixels);
      written += waiting;
      waiting = 0;
    };
    for (const lanes of lanesOf(layer, neurons)) {
      if (waiting + lanes.length > room) take();
      stream.prepare(lanes);
      wasm.separate(stream.rows, height, lanes.length, buffer, target + 4 * pixels * waiting, 4 * pixels);
      waiting += lanes.length;
    }
    take();
  } finally {
    own.free();
    stream.free();
  }
  return out;
}
