import { applyActivation, clamp, type Ops } from '@xinc/core';

/**
 * What the authors' code and others of its kind offer (`--act`), by name. `leakyRelu` has slope 0.01, as PyTorch's; `relu6` is
 * min(max(x, 0), 6), `hardSwish` x·relu6(x + 3)/6. Those that kernels do not know by name are traced as the functions they are.
 */
const { gelu, relu, leakyRelu, 'leakyRelu0.1': leaky01, 'leakyRelu0.2': leaky02, silu, sine } = applyActivation;
export const ACTIVATIONS = {
  gelu,
  relu,
  leakyRelu,
  'leakyRelu0.1': leaky01,
  'leakyRelu0.2': leaky02,
  silu,
  sine,
  softplus: <T>(ops: Ops<T>, x: T): T => ops.softplus(x),
  relu6: <T>(ops: Ops<T>, x: T): T => clamp(ops, x, 0, 6),
  hardSwish: <T>(ops: Ops<T>, x: T): T => ops.mul(x, ops.div(clamp(ops, ops.add(x, 3), 0, 6), 6)),
};

export type ActivationName = keyof typeof ACTIVATIONS;
export const ACTIVATION_NAMES = Object.keys(ACTIVATIONS) as [ActivationName, ...ActivationName[]];
