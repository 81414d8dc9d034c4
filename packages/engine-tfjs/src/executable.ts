import { type Arrays, type Executable, type NdArray, type Program, type Shapes, XincError } from '@xinc/core';
import { checkArrays, createOps } from '@xinc/core/graph';
import { downloadAll, uploadNamed } from './arrays.js';
import { eagerBackend } from './eager.js';
import { differentiate } from './gradients.js';
import type { Operations } from './operations.js';
import type { Tensor, TensorFlow } from './tensorflow.js';

/** Computes named tensors from named tensors, inside a `tf.tidy`; the results are the caller's to dispose of. */
export type Computation = (inputs: Record<string, Tensor>) => Record<string, Tensor>;

/** The program's outputs named. The program computes the others too: an eager engine cannot know beforehand. */
export function forward(
  tf: TensorFlow,
  operations: Operations,
  program: Program,
  names: readonly string[],
): Computation {
  const ops = createOps(eagerBackend(tf, operations));
  return (inputs) => {
    const outputs = program(ops, inputs);
    return Object.fromEntries(names.map((name) => [name, outputs[name]]));
  };
}

/** All outputs of the program, and `gradient:<name>` of the output `loss` for each input in `wrt`. */
export function forwardAndGradient(
  tf: TensorFlow,
  operations: Operations,
  program: Program,
  { loss, wrt }: { readonly loss: string; readonly wrt: readonly string[] },
): Computation {
  const ops = createOps(eagerBackend(tf, operations));
  return (inputs) => {
    const { outputs, gradients } = differentiate(
      tf,
      () => program(ops, inputs),
      loss,
      wrt.map((name) => inputs[name]),
    );
    return { ...outputs, ...Object.fromEntries(wrt.map((name, i) => [`gradient:${name}`, gradients[i]])) };
  };
}

/** An executable that holds no tensors between runs. */
export class EagerExecutable implements Executable {
  readonly #tf: TensorFlow;
  readonly #computation: Computation;
  readonly #inputs: Shapes;
  readonly #alive: Set<unknown>;

  /** `alive` holds the engine's trainers and executables that have not been disposed of. */
  constructor(tf: TensorFlow, computation: Computation, inputs: Shapes, alive: Set<unknown>) {
    this.#tf = tf;
    this.#computation = computation;
    this.#inputs = inputs;
    this.#alive = alive;
    alive.add(this);
  }

  async run(inputs: Arrays): Promise<Record<string, NdArray>> {
    checkArrays(inputs, this.#inputs);
    await this.#tf.nextFrame();
    if (!this.#alive.has(this)) throw new XincError('usage', 'This executable of the tfjs engine has been disposed of');
    const outputs = this.#tf.tidy(() => this.#computation(uploadNamed(this.#tf, inputs, this.#inputs)));
    try {
      return await downloadAll(outputs);
    } finally {
      this.#tf.dispose(outputs);
    }
  }

  async dispose(): Promise<void> {
    this.#alive.delete(this);
  }
}
