import type { Ops } from '../ops/ops.js';
import { adamParameter, adamScalars, runningMean } from './adam.js';
import type { SoapOptions } from './options.js';
import { type MemoryPart, matrixShape, type OptimizerRule, type ParameterRule } from './rule.js';

/**
 * SOAP: a matrix's gradient G [rows, columns] is turned into the bases of eigenvectors of the running means of G·Gᵀ and Gᵀ·G, Adam takes
 * its step there, and the step is turned back. Adam's moments are kept in the bases; the first is carried over into each new one. A basis Q of the mean M begins as the identity; after the first step, and every `refresh` steps, one step of the power iteration makes it anew: the
 * orthonormal basis of the columns of M·Q. What is no matrix goes by Adam.
 */
export function soapRule(options: SoapOptions): OptimizerRule {
  return {
    parameter(shape) {
      const matrix = matrixShape(shape);
      const sides = matrix ? rotatedSides(matrix, options.mostSide) : [];
      return matrix && sides.length > 0
        ? rotatedParameter(shape, matrix, sides, options)
        : adamParameter(shape, options);
    },
    scalars: (step, learningRate) => ({ ...adamScalars(step, learningRate, options) }),
    renews: (step) => step === 1 || step % options.refresh === 0,
  };
}

/** A side of a matrix that is turned, with its parts of the memory. */
interface Side {
  readonly name: 'row' | 'column';
  readonly extent: number;
  readonly mean: string;
  readonly basis: string;
}

/** A side of one row has one basis; those of very many are left as they are. */
function rotatedSides([rows, columns]: readonly [number, number], mostSide: number): Side[] {
  const sides = [
    { name: 'row', extent: rows, mean: 'rowMean', basis: 'rowBasis' },
    { name: 'column', extent: columns, mean: 'columnMean', basis: 'columnBasis' },
  ] as const;
  return sides.filter(({ extent }) => extent > 1 && extent <= mostSide);
}

function rotatedParameter(
  shape: readonly number[],
  matrix: readonly [number, number],
  sides: readonly Side[],
  { beta1, beta2 }: SoapOptions,
): ParameterRule {
  const squares: [string, MemoryPart][] = sides.flatMap(({ mean, basis, extent }): [string, MemoryPart][] => [
    [mean, { shape: [extent, extent] }],
    [basis, { shape: [extent, extent], start: 'identity' }],
  ]);
  return {
    memory: { turnedMoment: { shape: matrix }, secondMoment: { shape: matrix }, ...Object.fromEntries(squares) },
    update(ops, { parameter, memory }, gradient, { stepSize, epsilon }) {
      const g = ops.reshape(gradient, matrix);
      const turned = turnIn(ops, g, sides, memory);
      const turnedMoment = runningMean(ops, memory.turnedMoment, turned, beta1);
      const secondMoment = runningMean(ops, memory.secondMoment, ops.square(turned), beta2);
      const direction = turnOut(ops, ops.div(turnedMoment, ops.add(ops.sqrt(secondMoment), epsilon)), sides, memory);
      const means = sides.map(({ name, mean }) => {
        const product = ops.matMul(g, g, name === 'row' ? { transposeB: true } : { transposeA: true });
        return [mean, runningMean(ops, memory[mean], product, beta2)];
      });
      return {
        parameter: ops.sub(parameter, ops.reshape(ops.mul(direction, stepSize), shape)),
        memory: { turnedMoment, secondMoment, ...Object.fromEntries(means) },
      };
    },
    renewal: {
      matrices: (ops, memory) =>
        Object.fromEntries(sides.map(({ mean, basis }) => [basis, ops.matMul(memory[mean], memory[basis])])),
      turnedOut: (ops, memory) => ({ turnedMoment: turnOut(ops, memory.turnedMoment, sides, memory) }),
      turnedIn: (ops, memory, out) => ({ turnedMoment: turnIn(ops, out.turnedMoment, sides, memory) }),
    },
  };
}

/** A matrix in the bases Q of its sides: Qᵀ·x for rows, x·Q for columns. */
function turnIn<T>(ops: Ops<T>, x: T, sides: readonly Side[], memory: Readonly<Record<string, T>>): T {
  return sides.reduce((y, side) => turn(ops, y, side, memory[side.basis], false), x);
}

/** Out of them: Q·x for rows, x·Qᵀ for columns. */
function turnOut<T>(ops: Ops<T>, x: T, sides: readonly Side[], memory: Readonly<Record<string, T>>): T {
  return sides.reduce((y, side) => turn(ops, y, side, memory[side.basis], true), x);
}

function turn<T>(ops: Ops<T>, x: T, { name }: Side, basis: T, out: boolean): T {
  return name === 'row' ? ops.matMul(basis, x, { transposeA: !out }) : ops.matMul(x, basis, { transposeB: out });
}
