import type { Ops } from '../ops/ops.js';
import { adamParameter, adamScalars, runningMean } from './adam.js';
import type { SoapOptions } from './options.js';
import { type MemoryPart, matrixShape, type OptimizerRule, type ParameterRule, warmUpAt } from './rule.js';

/**
 * SOAP: a matrix's gradient G [rows, columns] is turned into the bases of eigenvectors of the running means of G·Gᵀ and Gᵀ·G, Adam takes
 * its step there, and the step is turned back. Adam's first moment is kept as it is and turned at each step, its second moment in the
 * bases. A basis Q of the mean M begins as the identity; after the first step, and every `refresh` steps, one step of the power iteration makes it anew: the
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
    scalars: (step, learningRate) => ({
      ...adamScalars(step, learningRate * warmUpAt(step, options.warmUp), options),
    }),
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
    memory: { firstMoment: { shape: matrix }, secondMoment: { shape: matrix }, ...Object.fromEntries(squares) },
    update(ops, { parameter, memory }, gradient, { stepSize, epsilon }) {
      const g = ops.reshape(gradient, matrix);
      const turned = (x: typeof g) => sides.reduce((y, side) => turn(ops, y, side, memory[side.basis], false), x);
      const back = (x: typeof g) => sides.reduce((y, side) => turn(ops, y, side, memory[side.basis], true), x);
      const firstMoment = runningMean(ops, memory.firstMoment, g, beta1);
      const secondMoment = runningMean(ops, memory.secondMoment, ops.square(turned(g)), beta2);
      const direction = back(ops.div(turned(firstMoment), ops.add(ops.sqrt(secondMoment), epsilon)));
      const means = sides.map(({ name, mean }) => {
        const product = ops.matMul(g, g, name === 'row' ? { transposeB: true } : { transposeA: true });
        return [mean, runningMean(ops, memory[mean], product, beta2)];
      });
      return {
        parameter: ops.sub(parameter, ops.reshape(ops.mul(direction, stepSize), shape)),
        memory: { firstMoment, secondMoment, ...Object.fromEntries(means) },
      };
    },
    renew: (ops, memory) =>
      Object.fromEntries(sides.map(({ mean, basis }) => [basis, ops.matMul(memory[mean], memory[basis])])),
  };
}

/** Into the basis Q of a side: Qᵀ·x for rows, x·Q for columns; or out of it. */
function turn<T>(ops: Ops<T>, x: T, { name }: Side, basis: T, back: boolean): T {
  return name === 'row' ? ops.matMul(basis, x, { transposeA: !back }) : ops.matMul(x, basis, { transposeB: back });
}
