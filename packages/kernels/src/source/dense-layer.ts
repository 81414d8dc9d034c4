import type { DenseSource } from '../layer.js';
import type { PointwiseOperand, PointwiseProgram } from '../pointwise-program.js';
import type { Region } from '../region.js';
import { ACTIVATION_CODES } from '../wasm/activation-codes.js';
import type { WasmExports } from '../wasm/exports.js';
import { Allocations, type WasmMemory } from '../wasm/memory.js';
import { placePointwise } from '../wasm/pointwise.js';
import { LANES, placeMasks, placeRows, ROW_KINDS, VECTOR } from '../wasm/rows.js';
import type { LaneLayer, LaneStream } from './lane-stream.js';
import { joinsQuad, placeQuads } from './quads.js';

/** The input is kept as planes of four neurons each, so that a map is one walk through memory. */
export function openDense(memory: WasmMemory, wasm: WasmExports, source: DenseSource): LaneLayer {
  const { neurons, pixels, scale, offset } = source;
  const width = source.width ?? pixels;
  const height = pixels / width;
  const allocations = new Allocations(memory);
  const planeBytes = VECTOR * pixels;
  const planes = allocations.guard(() => placeQuads(memory, wasm, allocations, source));

  const stream = (region: Region, activation: DenseSource['activation']): LaneStream => {
    const own = new Allocations(memory);
    return own.guard(() => {
      const { program: f, factor } = splitFactor(activation);
      const program = f ? placePointwise(memory, wasm, own, f) : 0;
      const code = typeof activation === 'string' ? ACTIVATION_CODES[activation] : 0;
      const factors = own.allocate(program ? 4 * VECTOR : 2 * VECTOR);
      const maskOf = placeMasks(own);
      const rows = placeRows(memory, own, {
        kind: program ? ROW_KINDS.denseProgram : ROW_KINDS.dense,
        width: region.width,
        activations: own.place(Int32Array.of(code, 0)),
        stride: width,
        scale: factors,
        program,
      });
      return {
        rows: rows.at,
        prepare(lanes) {
          const first = lanes[0] % LANES;
          const values = program ? memory.doubles(factors, 2 * LANES) : memory.floats(factors, 2 * LANES);
          for (let lane = 0; lane < LANES; lane++) {
            values[lane] = lane < lanes.length ? scale[lanes[lane]] * factor : 0;
            values[LANES + lane] = offset * factor;
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
    contributions: (region) => stream(region, source.activation),
    responses: (region) => stream(region, null),
    joins: joinsQuad,
    free: () => allocations.free(),
  };
}

/** A program without the factor that it begins with: sin(30 u) as sin, whose arguments are 30 times as large. */
function splitFactor(activation: DenseSource['activation']): { program?: PointwiseProgram; factor: number } {
  if (!activation || typeof activation === 'string') return { factor: 1 };
  const [{ operation, a, b }, ...others] = activation.instructions;
  const readsX = (operand?: PointwiseOperand) => operand !== undefined && 'value' in operand && operand.value === 0;
  const again = others.some((instruction) => readsX(instruction.a) || readsX(instruction.b) || readsX(instruction.c));
  if (operation !== 'mul' || again || others.length === 0 || !readsX(a) || !b || 'value' in b) {
    return { program: activation, factor: 1 };
  }
  const before = (operand: PointwiseOperand) => ('value' in operand ? { value: operand.value - 1 } : operand);
  const instructions = others.map((instruction) => ({
    operation: instruction.operation,
    a: before(instruction.a),
    ...(instruction.b && { b: before(instruction.b) }),
    ...(instruction.c && { c: before(instruction.c) }),
  }));
  return { program: { instructions }, factor: b.constant };
}
