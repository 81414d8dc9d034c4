import { explain } from './eager.js';
import type { Tensor, TensorFlow } from './tensorflow.js';

export interface Differentiated {
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** The gradients of `outputs[loss]`, in the order of `wrt`; zeros where the loss does not depend on it. */
  readonly gradients: readonly Tensor[];
}

/**
 * Runs `compute` and differentiates its scalar output `loss`. Call inside `tf.tidy`. The outputs are the caller's to
 * dispose of; if anything throws, nothing is left behind.
 */
export function differentiate(
  tf: TensorFlow,
  compute: () => Record<string, Tensor>,
  loss: string,
  wrt: readonly Tensor[],
): Differentiated {
  let outputs: Record<string, Tensor> = {};
  const forward = (): Tensor => {
    outputs = compute();
    // The forward pass is tidied up after; without `keep` only the loss would be spared.
    for (const output of Object.values(outputs)) tf.keep(output);
    return outputs[loss];
  };
  if (wrt.length === 0) {
    forward();
    return { outputs, gradients: [] };
  }
  try {
    // Not `tf.grads`: that refuses a loss which does not depend on one of `wrt`.
    const { grads } = explain('differentiate the program', () =>
      tf.engine().gradients(forward, [...wrt], undefined, true),
    );
    return { outputs, gradients: grads.map((gradient, i) => gradient ?? tf.zerosLike(wrt[i])) };
  } catch (error) {
    tf.dispose(outputs);
    dropTape(tf);
    throw error;
  }
}

/** The library frees what its tape has saved for the backward pass only where that pass succeeds. */
function dropTape(tf: TensorFlow): void {
  const { state } = tf.engine();
  for (const { saved } of state.activeTape ?? []) tf.dispose(saved);
  state.activeTape = [];
}
