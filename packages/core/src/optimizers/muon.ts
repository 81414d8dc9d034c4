import type { Ops } from '../ops/ops.js';
import { adamParameter, adamScalars } from './adam.js';
import type { MuonOptions } from './options.js';
import { matrixShape, type OptimizerRule, type ParameterRule } from './rule.js';

/** Coefficients of x ↦ a·x + b·x³ + c·x⁵, which brings singular values near 1 in few iterations (Jordan et al. 2024). */
const [A, B, C] = [3.4445, -4.775, 2.0315];
/** Keeps a gradient of zeros from being divided by 0. */
const LEAST_NORM = 1e-7;

/**
 * Muon: with the momentum b ← μ·b + g of a matrix [rows, columns], θ ← θ − lr · √max(1, rows/columns) · O(g + μ·b), where O makes all
 * singular values about 1. What is no such matrix goes by Adam, at a share of the learning rate.
 */
export function muonRule(options: MuonOptions): OptimizerRule {
  const { momentum, iterations, leastSide, adam, adamShare } = options;
  return {
    parameter(shape): ParameterRule {
      const matrix = matrixShape(shape);
      if (!matrix || Math.min(...matrix) < leastSide) return adamParameter(shape, adam);
      const scale = Math.sqrt(Math.max(1, matrix[0] / matrix[1]));
      return {
        memory: { momentum: { shape: matrix } },
        update(ops, { parameter, memory }, gradient, { rate }) {
          const g = ops.reshape(gradient, matrix);
          const b = ops.add(ops.mul(memory.momentum, momentum), g);
          const direction = orthogonal(ops, ops.add(g, ops.mul(b, momentum)), iterations);
          const change = ops.reshape(ops.mul(ops.mul(direction, scale), rate), shape);
          return { parameter: ops.sub(parameter, change), memory: { momentum: b } };
        },
      };
    },
    scalars: (step, rate) => ({ rate, ...adamScalars(step, rate * adamShare, adam) }),
    renews: () => false,
  };
}

/** The matrix with its singular values brought near 1, by Newton–Schulz iterations on the shorter side. */
function orthogonal<T>(ops: Ops<T>, matrix: T, iterations: number): T {
  const [rows, columns] = ops.shapeOf(matrix);
  const tall = rows > columns;
  let x = ops.div(matrix, ops.add(ops.sqrt(ops.sum(ops.square(matrix))), LEAST_NORM));
  for (let i = 0; i < iterations; i++) {
    const square = tall ? ops.matMul(x, x, { transposeA: true }) : ops.matMul(x, x, { transposeB: true });
    const terms = ops.add(ops.mul(square, B), ops.mul(ops.matMul(square, square), C));
    x = ops.add(ops.mul(x, A), tall ? ops.matMul(x, terms) : ops.matMul(terms, x));
  }
  return x;
}
