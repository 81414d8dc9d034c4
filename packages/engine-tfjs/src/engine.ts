import {
  type CompileOptions,
  type Engine,
  type Executable,
  type Program,
  type Shapes,
  shapesOf,
  type Trainer,
  type TrainingProgram,
  XincError,
} from '@xinc/core';
import { EagerExecutable, forward, forwardAndGradient } from './executable.js';
import { type Operations, operations } from './operations.js';
import { outputShapes, requireInputs, requireOutputs, requireScalar } from './output-shapes.js';
import type { Runtime } from './runtime.js';
import type { TensorFlow } from './tensorflow.js';
import { EagerTrainer, LOSS } from './trainer.js';

/** Programs on TensorFlow.js tensors. To compile is to check all shapes; the computation itself is eager. */
export class TfjsEngine implements Engine {
  readonly name = 'tfjs';
  readonly description: string;
  readonly #tf: TensorFlow;
  readonly #operations: Operations;
  readonly #alive = new Set<Executable | Trainer>();
  #disposed = false;

  constructor({ tf, convolve, description }: Runtime) {
    this.description = description;
    this.#tf = tf;
    this.#operations = operations(tf, convolve);
  }

  async compile(program: Program, inputs: Shapes, options: CompileOptions = {}): Promise<Executable> {
    this.#requireAlive();
    const shapes = outputShapes(program, inputs);
    const names = options.outputs ?? Object.keys(shapes);
    requireOutputs(names, shapes);
    const computation = forward(this.#tf, this.#operations, program, names);
    return new EagerExecutable(this.#tf, computation, inputs, this.#alive);
  }

  async compileGradient(
    program: Program,
    inputs: Shapes,
    options: { readonly loss: string; readonly wrt: readonly string[] },
  ): Promise<Executable> {
    this.#requireAlive();
    requireScalar(options.loss, outputShapes(program, inputs));
    requireInputs(options.wrt, inputs);
    const computation = forwardAndGradient(this.#tf, this.#operations, program, options);
    return new EagerExecutable(this.#tf, computation, inputs, this.#alive);
  }

  async compileTraining(spec: TrainingProgram): Promise<Trainer> {
    this.#requireAlive();
    const inputs = { ...shapesOf(spec.parameters), ...shapesOf(spec.fixed), ...spec.batch };
    requireScalar(LOSS, outputShapes(spec.program, inputs));
    return new EagerTrainer(this.#tf, this.#operations, spec, this.#alive);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    for (const made of this.#alive) await made.dispose();
  }

  #requireAlive(): void {
    if (this.#disposed) throw new XincError('usage', 'This tfjs engine has been disposed of');
  }
}
