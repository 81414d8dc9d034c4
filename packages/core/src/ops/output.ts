import type { Ops } from './ops.js';

/** From the last layer z to the picture, whose values are from 0 to 1 where the network draws it well. */
const OUTPUT = {
  none: <T>(_ops: Ops<T>, z: T): T => z,
  signed: <T>(ops: Ops<T>, z: T): T => ops.add(ops.mul(z, 0.5), 0.5),
  half: <T>(ops: Ops<T>, z: T): T => ops.add(z, 0.5),
  sigmoid: <T>(ops: Ops<T>, z: T): T => ops.sigmoid(z),
  tanh: <T>(ops: Ops<T>, z: T): T => ops.add(ops.mul(ops.tanh(z), 0.5), 0.5),
};

/** `none` z, `signed` z/2 + ½, `half` z + ½, `sigmoid` σ(z), `tanh` tanh(z)/2 + ½. */
export type OutputRule = keyof typeof OUTPUT;

/** The picture that a network draws with its last layer's outputs, of any shape. @param output a rule, or a number that is added */
export function applyOutput<T>(ops: Ops<T>, z: T, output: OutputRule | number): T {
  if (typeof output === 'number') return output === 0 ? z : ops.add(z, output);
  return OUTPUT[output](ops, z);
}
