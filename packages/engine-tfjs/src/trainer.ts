import {
  type Arrays,
  type PreparedBatch,
  type Shapes,
  shapesOf,
  type Trainer,
  type TrainerState,
  type TrainingProgram,
  XincError,
} from '@xinc/core';
import { checkArrays, mapValues } from '@xinc/core/graph';
import { adamUpdate, type Moments } from './adam.js';
import { downloadAll, upload, uploadNamed } from './arrays.js';
import { differentiate } from './gradients.js';
import type { Operations } from './operations.js';
import { type FirstStage, firstStage, secondStage, tensorsOf } from './staging.js';
import type { Tensor, TensorFlow, Variable } from './tensorflow.js';

/** The name of the scalar that a training program minimises. */
export const LOSS = 'loss';

/** A batch as the first stage of the program left it. */
class StagedBatch implements PreparedBatch {
  readonly stage: FirstStage;
  readonly #owned: readonly Tensor[];
  readonly #alive: Set<unknown>;

  /** `alive` holds the trainer's batches that have not been disposed of. */
  constructor(stage: FirstStage, owned: readonly Tensor[], alive: Set<unknown>) {
    this.stage = stage;
    this.#owned = owned;
    this.#alive = alive;
    alive.add(this);
  }

  dispose(): void {
    this.#alive.delete(this);
    for (const tensor of this.#owned) tensor.dispose();
  }
}

/** Training with eager steps. Each blocks the event loop for as long as it computes; others run between steps. */
export class EagerTrainer implements Trainer {
  readonly #tf: TensorFlow;
  readonly #operations: Operations;
  readonly #spec: TrainingProgram;
  readonly #shapes: Shapes;
  readonly #trained: Readonly<Record<string, Moments<Variable>>>;
  readonly #fixed: Readonly<Record<string, Tensor>>;
  readonly #batches = new Set<PreparedBatch>();
  readonly #alive: Set<unknown>;
  #step: number;

  /**
   * `alive` holds the engine's trainers and executables that have not been disposed of.
   * @throws XincError `shape` if the state to go on from does not belong to these parameters.
   */
  constructor(tf: TensorFlow, operations: Operations, spec: TrainingProgram, alive: Set<unknown>) {
    const shapes = shapesOf(spec.parameters);
    checkArrays(spec.parameters, shapes, 'The parameter');
    checkArrays(spec.fixed, shapesOf(spec.fixed), 'The fixed value');
    if (spec.state) checkState(spec.state, shapes);
    this.#tf = tf;
    this.#operations = operations;
    this.#spec = spec;
    this.#shapes = shapes;
    this.#step = spec.state?.step ?? 0;
    const { parameters, firstMoment, secondMoment } = spec.state ?? { parameters: spec.parameters };
    const variable = (make: () => Tensor): Variable => tf.tidy(() => tf.variable(make(), false));
    const moment = (values: Arrays | undefined, name: string) =>
      variable(() => (values ? upload(tf, values[name]) : tf.zeros([...shapes[name]])));
    this.#trained = mapValues(shapes, (_, name) => ({
      parameter: variable(() => upload(tf, parameters[name])),
      first: moment(firstMoment, name),
      second: moment(secondMoment, name),
    }));
    this.#fixed = uploadNamed(tf, spec.fixed, shapesOf(spec.fixed));
    this.#alive = alive;
    alive.add(this);
  }

  async prepare(batch: Arrays): Promise<PreparedBatch> {
    checkArrays(batch, this.#spec.batch, "The batch's");
    await this.#tf.nextFrame();
    this.#requireAlive();
    const tf = this.#tf;
    const fixed = new Set(Object.values(this.#fixed));
    let prepared: StagedBatch | undefined;
    tf.tidy(() => {
      const known = { ...this.#fixed, ...uploadNamed(tf, batch, this.#spec.batch) };
      const stage = firstStage(tf, this.#operations, this.#spec.program, LOSS, known, this.#shapes);
      const owned = tensorsOf(stage).filter((tensor) => !fixed.has(tensor));
      for (const tensor of owned) tf.keep(tensor);
      prepared = new StagedBatch(stage, owned, this.#batches);
    });
    return prepared!;
  }

  async step(batch: PreparedBatch, learningRate: number): Promise<number> {
    await this.#tf.nextFrame();
    this.#requireAlive();
    const stage = this.#stageOf(batch);
    const tf = this.#tf;
    const parameters = mapValues(this.#trained, ({ parameter }) => parameter);
    const loss = tf.tidy(() => {
      const { outputs, gradients } = differentiate(
        tf,
        // Cloned, since the loss may be a tensor of the batch or a parameter, and is disposed of below.
        () => ({ [LOSS]: tf.clone(secondStage(stage, this.#operations, this.#spec.program, LOSS, parameters)) }),
        LOSS,
        Object.values(parameters),
      );
      this.#step++;
      Object.values(this.#trained).forEach((moments, i) => {
        const updated = adamUpdate(tf, moments, gradients[i], this.#spec.optimizer, this.#step, learningRate);
        moments.parameter.assign(updated.parameter);
        moments.first.assign(updated.first);
        moments.second.assign(updated.second);
      });
      return outputs[LOSS];
    });
    try {
      const [value] = await loss.data();
      return value;
    } finally {
      loss.dispose();
    }
  }

  async state(): Promise<TrainerState> {
    this.#requireAlive();
    const step = this.#step;
    const [parameters, firstMoment, secondMoment] = await Promise.all([
      downloadAll(mapValues(this.#trained, ({ parameter }) => parameter)),
      downloadAll(mapValues(this.#trained, ({ first }) => first)),
      downloadAll(mapValues(this.#trained, ({ second }) => second)),
    ]);
    return { step, parameters, firstMoment, secondMoment };
  }

  async dispose(): Promise<void> {
    this.#alive.delete(this);
    for (const batch of this.#batches) batch.dispose();
    this.#tf.dispose([...Object.values(this.#trained).flatMap(Object.values), ...Object.values(this.#fixed)]);
  }

  #stageOf(batch: PreparedBatch): FirstStage {
    if (batch instanceof StagedBatch && this.#batches.has(batch)) return batch.stage;
    throw new XincError('usage', 'This batch has been disposed of, or was prepared by another trainer');
  }

  #requireAlive(): void {
    if (!this.#alive.has(this)) throw new XincError('usage', 'This trainer of the tfjs engine has been disposed of');
  }
}

function checkState(state: TrainerState, shapes: Shapes): void {
  if (!Number.isSafeInteger(state.step) || state.step < 0) {
    throw new XincError('invalid-option', `The training state's step is ${state.step}, not a count of steps`);
  }
  checkArrays(state.parameters, shapes, "The training state's parameter");
  checkArrays(state.firstMoment, shapes, "The training state's first moment of");
  checkArrays(state.secondMoment, shapes, "The training state's second moment of");
}
