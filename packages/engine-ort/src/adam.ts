import type { AdamOptions, Ops } from '@xinc/core';

/** A parameter with Adam's running means of its gradient and squared gradient, all of one shape. */
export interface AdamMoments<T> {
  readonly parameter: T;
  readonly firstMoment: T;
  readonly secondMoment: T;
}

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
export function adamUpdate<T>(
  ops: Ops<T>,
  { parameter, firstMoment, secondMoment }: AdamMoments<T>,
  gradient: T,
  { stepSize, epsilon }: AdamScalars<T>,
  { beta1, beta2 }: AdamOptions,
): AdamMoments<T> {
  const m = ops.add(ops.mul(firstMoment, beta1), ops.mul(gradient, 1 - beta1));
  const v = ops.add(ops.mul(secondMoment, beta2), ops.mul(ops.square(gradient), 1 - beta2));
  const direction = ops.div(m, ops.add(ops.sqrt(v), epsilon));
  return { parameter: ops.sub(parameter, ops.mul(direction, stepSize)), firstMoment: m, secondMoment: v };
}

/** The scalars of update number `step`, counted from 1: a function of the step alone, so a resumed run has the same. */
export function adamScalars(step: number, learningRate: number, options: AdamOptions): AdamScalars<number> {
  const correction1 = 1 - options.beta1 ** step;
  const correction2 = Math.sqrt(1 - options.beta2 ** step);
  return { stepSize: (learningRate * correction2) / correction1, epsilon: options.epsilon * correction2 };
}
