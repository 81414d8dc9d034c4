import type { GatedSource } from '../layer.js';
import type { Region } from '../region.js';
import type { WasmExports } from '../wasm/exports.js';
import { Allocations, type WasmMemory } from '../wasm/memory.js';
import { placeActivation } from '../wasm/pointwise.js';
import { LANES, placeMasks, placeRows, ROW_KINDS, VECTOR } from '../wasm/rows.js';
import type { LaneLayer, LaneStream } from './lane-stream.js';
import { joinsQuad, placeQuads } from './quads.js';

/** A dense layer with a gate: what its neurons are multiplied with is made anew at each pixel. */
export function openGated(memory: WasmMemory, wasm: WasmExports, source: GatedSource): LaneLayer {
  const { neurons, pixels, outputs, weight, activation } = source;
  const width = source.width ?? pixels;
  const height = pixels / width;
  const allocations = new Allocations(memory);
  const [planes, gate, offset] = allocations.guard(() => [
    placeQuads(memory, wasm, allocations, source),
    allocations.place(source.gate),
    allocations.place(source.offset),
  ]);

  const stream = (region: Region, f: GatedSource['activation']): LaneStream => {
    const own = new Allocations(memory);
    return own.guard(() => {
      const weights = own.zeros(outputs * VECTOR);
      const maskOf = placeMasks(own);
      const first = region.top * width + region.left;
      const rows = placeRows(memory, own, {
        kind: ROW_KINDS.gated,
        width: region.width,
        activations: own.place(Int32Array.of(f ? placeActivation(memory, wasm, own, f) : 0, 0)),
        stride: width,
        size: outputs,
        kernel: weights,
        gate: gate + 4 * first * outputs,
        bias: offset + 4 * first,
      });
      return {
        rows: rows.at,
        prepare(lanes) {
          const values = memory.floats(weights, LANES * outputs);
          values.fill(0);
          for (const [lane, neuron] of lanes.entries()) {
            for (let o = 0; o < outputs; o++) values[LANES * o + lane] = weight[o * neurons + neuron];
          }
          const inQuad = lanes[0] % LANES;
          const plane = planes + VECTOR * pixels * ((lanes[0] - inQuad) / LANES);
          rows.set({ input: plane + VECTOR * first + 4 * inQuad, mask: maskOf(lanes.length) });
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
    contributions: (region) => stream(region, activation),
    responses: (region) => stream(region, null),
    joins: joinsQuad,
    free: () => allocations.free(),
  };
}
