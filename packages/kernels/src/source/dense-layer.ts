import type { DenseSource } from '../layer.js';
import { ACTIVATION_CODES } from '../wasm/activation-codes.js';
import { Allocations, type WasmMemory } from '../wasm/memory.js';
import { LANES, ROW_KINDS, ROW_SOURCE_BYTES, VECTOR, writeMask, writeRowSource } from '../wasm/row-source.js';
import type { LaneLayer, LaneStream } from './lane-stream.js';

/** Neighbouring inputs of a pixel are neighbouring neurons: four are one vector, and a map is a walk over the pixels. */
export function openDense(memory: WasmMemory, source: DenseSource): LaneLayer {
  const { neurons, pixels, input, scale, offset } = source;
  const width = source.width ?? pixels;
  const height = pixels / width;
  // The last pixel's last vector may reach past its neurons.
  const allocations = new Allocations(memory);
  const at = allocations.allocate(input.byteLength + VECTOR);
  memory.floats(at, input.length).set(input);
  memory.clear(at + input.byteLength, VECTOR);

  const stream = (region: { top: number; left: number; width: number }, activation: number): LaneStream => {
    const own = new Allocations(memory);
    const rows = own.allocate(ROW_SOURCE_BYTES);
    const factors = own.allocate(2 * VECTOR);
    const mask = own.allocate(VECTOR);
    const buffer = own.allocate(region.width * VECTOR);
    return {
      rows,
      prepare(lanes) {
        const [first] = lanes;
        const values = memory.floats(factors, 2 * LANES);
        for (let lane = 0; lane < LANES; lane++) {
          values[lane] = lane < lanes.length ? scale[lanes[lane]] : 0;
          values[LANES + lane] = offset;
        }
        writeMask(memory, mask, lanes.length);
        const pixel = region.top * width + region.left;
        writeRowSource(memory, rows, {
          kind: ROW_KINDS.dense,
          plane: at + 4 * (pixel * neurons + first),
          width: region.width,
          pixelBytes: 4 * neurons,
          rowBytes: 4 * neurons * width,
          scale: factors,
          activation,
          mask,
          buffer,
        });
      },
      free: () => own.free(),
    };
  };

  return {
    neurons,
    height,
    width,
    responseHeight: height,
    responseWidth: width,
    contributions: (region) => stream(region, source.activation ? ACTIVATION_CODES[source.activation] : 0),
    responses: (region) => stream(region, 0),
    joins: (lanes, neuron) => neuron === lanes[0] + lanes.length,
    free: () => allocations.free(),
  };
}
