import type { Activation } from '../layer.js';
import type {
  PointwiseInstruction,
  PointwiseOperand,
  PointwiseOperation,
  PointwiseProgram,
} from '../pointwise-program.js';
import { ACTIVATION_CODES } from './activation-codes.js';
import type { WasmExports } from './exports.js';
import type { Allocations, WasmMemory } from './memory.js';

/** How assembly/pointwise.ts numbers the operations. */
export const POINTWISE_CODES: Readonly<Record<PointwiseOperation, number>> = {
  add: 1,
  sub: 2,
  mul: 3,
  div: 4,
  max: 5,
  min: 6,
  greater: 7,
  abs: 8,
  sqrt: 9,
  exp: 10,
  log: 11,
  sin: 12,
  cos: 13,
  tanh: 14,
  sigmoid: 15,
  erf: 16,
  greaterEqual: 17,
  equal: 18,
  where: 19,
  floor: 20,
  round: 21,
  atan: 22,
};

/** Bytes of a register: 32 vectors of four float64. */
const REGISTER_BYTES = 1024;
/** How far an operand goes on from vector to vector, in bytes: two float64. */
const STEP = 16;

/** The code of a function for lists of activations: the number of a named one, or the address of a program. */
export function placeActivation(
  memory: WasmMemory,
  wasm: WasmExports,
  own: Allocations,
  activation: Activation | PointwiseProgram,
): number {
  return typeof activation === 'string' ? ACTIVATION_CODES[activation] : placePointwise(memory, wasm, own, activation);
}

/** A program in WebAssembly memory, with the subtraction of f(0) as the program itself gives it. */
export function placePointwise(
  memory: WasmMemory,
  wasm: WasmExports,
  own: Allocations,
  { instructions }: PointwiseProgram,
): number {
  const { registerOf, count } = assignRegisters(instructions);
  const registers = own.allocate(REGISTER_BYTES * count);
  const register = (value: number) => registers + REGISTER_BYTES * registerOf[value];
  const constants: number[] = [0];
  const constantsAt = own.allocate(STEP * (3 * instructions.length + 1));
  const operand = (of: PointwiseOperand): readonly [at: number, step: number] => {
    if ('value' in of) return [register(of.value), STEP];
    return [constantsAt + STEP * (constants.push(of.constant) - 1), 0];
  };
  const fields = instructions.flatMap(({ operation, a, b = a, c = a }, i) => [
    POINTWISE_CODES[operation],
    register(i + 1),
    ...operand(a),
    ...operand(b),
    ...operand(c),
  ]);
  const result = register(instructions.length);
  fields.push(POINTWISE_CODES.sub, result, result, STEP, constantsAt, 0, constantsAt, 0);
  for (const [i, value] of constants.entries()) memory.doubles(constantsAt + STEP * i, 2).fill(value);
  const program = own.place(
    Int32Array.of(register(0), result, instructions.length, own.place(Int32Array.from(fields))),
  );
  const zero = wasm.atZero(program);
  memory.doubles(constantsAt, 2).fill(zero);
  if (zero !== 0) memory.ints(program, 4)[2]++;
  return program;
}

/** A register for each value, used again once a value is not read any more. */
function assignRegisters(instructions: readonly PointwiseInstruction[]) {
  const values = instructions.length + 1;
  const lastRead = new Int32Array(values).fill(-1);
  const read = (i: number) =>
    [instructions[i].a, instructions[i].b, instructions[i].c].flatMap((operand) =>
      operand && 'value' in operand ? [operand.value] : [],
    );
  for (let i = 0; i < instructions.length; i++) for (const value of read(i)) lastRead[value] = i;
  const registerOf = [0];
  const free: number[] = [];
  let count = 1;
  for (let i = 0; i < instructions.length; i++) {
    // An instruction may write where it reads.
    for (const value of new Set(read(i))) if (lastRead[value] === i) free.push(registerOf[value]);
    registerOf.push(free.pop() ?? count++);
    if (lastRead[i + 1] < 0 && i + 1 < values - 1) free.push(registerOf[i + 1]);
  }
  return { registerOf, count };
}
