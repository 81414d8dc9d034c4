import type { Shape } from '../ndarray.js';
import type { Ops } from '../ops/ops.js';
import type { AdamOptions } from './options.js';
import type { OptimizerRule, ParameterRule } from './rule.js';

/** The two numbers of an update that change from step to step. */
export interface AdamScalars<T> {
  readonly stepSize: T;
  readonly epsilon: T;
}

/**
 * One update (Kingma & Ba 2015, algorithm 1, in the order of its section 2's last paragraph): with the bias corrections
 * c₁ = 1 − β₁ᵗ and c₂ = 1 − β₂ᵗ,
 *
 *     θ − lr · (m/c₁) / (√(v/c₂) + ε)  =  θ − (lr·√c₂/c₁) · m / (√v + ε·√c₂),
 *
 * PyTorch's formula with two passes over the elements less: `adamScalars` computes the brackets.
 */
export function adamRule(options: AdamOptions): OptimizerRule {
  return {
    parameter: (shape) => adamParameter(shape, options),
    scalars: (step, learningRate) => ({ ...adamScalars(step, learningRate, options) }),
    renews: () => false,
  };
}

/** What Adam does to a parameter of this shape, with the scalars `stepSize` and `epsilon`. */
export function adamParameter(shape: Shape, options: Pick<AdamOptions, 'beta1' | 'beta2'>): ParameterRule {
  return {
    memory: { firstMoment: { shape }, secondMoment: { shape } },
    update(ops, { parameter, memory: { firstMoment, secondMoment } }, gradient, { stepSize, epsilon }) {
      const m = runningMean(ops, firstMoment, gradient, options.beta1);
      const v = runningMean(ops, secondMoment, ops.square(gradient), options.beta2);
      const direction = ops.div(m, ops.add(ops.sqrt(v), epsilon));
      return {
        parameter: ops.sub(parameter, ops.mul(direction, stepSize)),
        memory: { firstMoment: m, secondMoment: v },
      };
    },
  };
}

/** β · mean + (1 − β) · value */
export function runningMean<T>(ops: Ops<T>, mean: T, value: T, beta: number): T {
  return ops.add(ops.mul(mean, beta), ops.mul(value, 1 - beta));
}

/** The scalars of update number `step`, counted from 1: a function of the step alone, so a resumed run has the same. */
export function adamScalars(
  step: number,
  learningRate: number,
  { beta1, beta2, epsilon }: Pick<AdamOptions, 'beta1' | 'beta2' | 'epsilon'>,
): AdamScalars<number> {
  const correction1 = 1 - beta1 ** step;
  const correction2 = Math.sqrt(1 - beta2 ** step);
  return { stepSize: (learningRate * correction2) / correction1, epsilon: epsilon * correction2 };
}
